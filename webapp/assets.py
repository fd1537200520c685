"""Static files under names that carry their digest, compressed once, served with immutable caching.

What every phone's page, or the form, loads together travels as one file: a phone asks for six at a time, and
each further round costs it the time to the server and back. A browser that has nothing of ours yet gets the
style sheet of a phone's pages inside the page, so that its first visit is painted without that second way.
"""

import base64
import gzip
import hashlib
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, cast

import brotli
from flask import Flask, current_app, request, url_for
from markupsafe import Markup
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

COMPRESSIBLE = {".css", ".js", ".svg", ".webmanifest", ".json", ".txt"}
DIGEST_LENGTH = 12
PHONE = ("tokens", "base", "components", "phone")
BUNDLES = {
    "css": (
        PHONE,
        ("tokens", "base", "components", "desk"),
    ),
    "js": (
        ("worker", "trouble"),
        ("outbox-store", "outbox-uploads", "outbox-drain", "outbox-band"),
        ("fill", "fill-photos", "fill-end", "draft", "dialog"),
    ),
}
TAGS = {
    "css": Markup('<link rel="stylesheet" href="{}">\n'),
    "js": Markup('<script type="module" src="{}"{}></script>\n'),
}
# Sent with the pages that the service worker asks for ahead, see templates/pwa/sw.js: it has the style sheet.
ASKED_BY_WORKER = "Service-Worker-Navigation-Preload"
# A script has names of its own, and one that fails keeps no other from running.
AS_ONE = {"css": "{}\n", "js": "try {{\n{}\n}} catch (error) {{\n  reportError(error);\n}}\n"}


class Assets(NamedTuple):
    """``build`` names all files as they are; ``inside`` are the styles that a page may hold itself, which its
    Content-Security-Policy allows by ``style_sources``.
    """

    build: str
    inside: Markup
    style_sources: str


def init_app(app: Flask) -> None:
    """Prepare hashed, compressed copies of ``static/`` and let ``url_for('static', …)`` name them."""
    source = Path(app.static_folder or "")
    contents = _contents(source)
    names = _digested_names(contents)
    build = hashlib.sha256("".join(sorted(names.values())).encode()).hexdigest()[:DIGEST_LENGTH]
    target = Path(app.instance_path) / "static" / build
    if not target.exists():
        _build(contents, target, names)
    inside = contents[f"css/{_bundled(PHONE)}.css"]
    digest = base64.b64encode(hashlib.sha256(inside).digest()).decode()
    # Not escaped: browsers read a style element as it is, up to its end, which a test looks for.
    tag = Markup("<style>" + inside.decode() + "</style>\n")  # noqa: S704 our own file
    app.extensions["assets"] = Assets(build, tag, f"'self' 'sha256-{digest}'")

    @app.url_defaults
    def use_digested_name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = names.get(values["filename"], values["filename"])

    for tags in (scripts, styles):
        app.add_template_global(tags)
    served = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=rf"\.[0-9a-f]{{{DIGEST_LENGTH}}}\.[a-z0-9]+$",
        add_headers_function=_add_headers,
    )
    served.add_files(str(target), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]


def scripts(*names: str, **data: str) -> Markup:
    """Return what loads scripts of ``static/js``: they run in this order once the page is parsed.

    :param data: what the scripts find in the ``data-`` attributes of their element
    """
    told = Markup().join(Markup(' data-{}="{}"').format(name, value) for name, value in data.items())
    return _tags("js", names, told)


def styles(*names: str) -> Markup:
    """Return what brings style sheets of ``static/css``, later ones over earlier ones."""
    if names == PHONE and ASKED_BY_WORKER not in request.headers:
        return assets().inside
    return sheets(*names)


def sheets(*names: str) -> Markup:
    """Return the elements that name style sheets."""
    return _tags("css", names)


def assets() -> Assets:
    """Return what this app was started with."""
    return cast(Assets, current_app.extensions["assets"])


def _tags(kind: str, names: tuple[str, ...], *more: Markup) -> Markup:
    files = [_bundled(names)] if names in BUNDLES[kind] else names
    addresses = (url_for("static", filename=f"{kind}/{name}.{kind}") for name in files)
    return Markup().join(TAGS[kind].format(address, *more) for address in addresses)


def _bundled(names: tuple[str, ...]) -> str:
    return "_".join(names)


def _contents(source: Path) -> dict[str, bytes]:
    """Return what each static file holds, by its name; those that travel as one as well."""
    files = [file for file in sorted(source.rglob("*")) if file.is_file()]
    contents = {file.relative_to(source).as_posix(): file.read_bytes() for file in files}
    for kind, bundles in BUNDLES.items():
        for names in bundles:
            parts = [contents[f"{kind}/{name}.{kind}"].decode() for name in names]
            whole = "".join(AS_ONE[kind].format(part) for part in parts)
            contents[f"{kind}/{_bundled(names)}.{kind}"] = whole.encode()
    return contents


def _digested_names(contents: dict[str, bytes]) -> dict[str, str]:
    names = {}
    for name, content in contents.items():
        digest = hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
        path = PurePosixPath(name)
        names[name] = path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix()
    return names


def _build(contents: dict[str, bytes], target: Path, names: dict[str, str]) -> None:
    """Write the copies beside the target and move them there at once, so that none is ever half-made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    for name, content in contents.items():
        file = making / names[name]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if file.suffix in COMPRESSIBLE:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9))
            file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content))
    try:
        making.rename(target)
    except OSError:
        # Another worker was faster; its copies are the same.
        shutil.rmtree(making, ignore_errors=True)


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"

"""Static files under names that carry their digest, compressed once, served with immutable caching."""

import gzip
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, url_for
from markupsafe import Markup
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

COMPRESSIBLE = {".css", ".js", ".svg", ".webmanifest", ".json", ".txt"}
DIGEST_LENGTH = 12


def init_app(app: Flask) -> None:
    """Prepare hashed, compressed copies of ``static/`` and let ``url_for('static', …)`` name them."""
    source = Path(app.static_folder or "")
    names = _digested_names(source)
    build = hashlib.sha256("".join(sorted(names.values())).encode()).hexdigest()[:DIGEST_LENGTH]
    target = Path(app.instance_path) / "static" / build
    if not target.exists():
        _build(source, target, names)
    app.extensions["assets"] = build

    @app.url_defaults
    def use_digested_name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = names.get(values["filename"], values["filename"])

    app.add_template_global(scripts)
    served = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=rf"\.[0-9a-f]{{{DIGEST_LENGTH}}}\.[a-z0-9]+$",
        add_headers_function=_add_headers,
    )
    served.add_files(str(target), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]


def scripts(*names: str) -> Markup:
    """Return what loads scripts of ``static/js``: they run in this order once the page is parsed."""
    tag = Markup('<script type="module" src="{}"></script>\n')
    return Markup().join(tag.format(url_for("static", filename=f"js/{name}.js")) for name in names)


def _digested_names(source: Path) -> dict[str, str]:
    names = {}
    for file in sorted(source.rglob("*")):
        if file.is_file():
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:DIGEST_LENGTH]
            name = file.relative_to(source)
            names[name.as_posix()] = name.with_name(f"{name.stem}.{digest}{name.suffix}").as_posix()
    return names


def _build(source: Path, target: Path, names: dict[str, str]) -> None:
    """Write the copies beside the target and move them there at once, so that none is ever half-made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    for name, digested in names.items():
        content = (source / name).read_bytes()
        file = making / digested
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

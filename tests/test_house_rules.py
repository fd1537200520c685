"""Rules of this code that a reviewer should not have to remember."""

import ast
import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
WEBAPP = ROOT / "webapp"
PYTHON = [file for folder in ("webapp", "tests", "tools") for file in sorted((ROOT / folder).rglob("*.py"))]
OWN = sorted(WEBAPP.rglob("*.py"))
TEMPLATES = sorted((WEBAPP / "templates").rglob("*.*"))
SCRIPTS = sorted((WEBAPP / "static" / "js").glob("*.js"))
STYLES = sorted((WEBAPP / "static" / "css").glob("*.css"))

PYTHON_LINES = 300
HANDLER_LINES = 40
HANDLER_MEDIAN = 12
TEMPLATE_LINES = 120
SCRIPT_LINES_IN_ALL = 1275
STYLES_COMPRESSED = 30 * 1024

# Each room, and the rooms that it must not know.
UNKNOWN_TO = {
    "catalog": {"accounts", "institutions", "attachments", "inspections", "messages", "audit"},
    "audit": {"accounts", "institutions", "attachments", "inspections", "messages"},
    "messages": {"institutions", "attachments", "inspections"},
    "imports": {"accounts", "institutions", "attachments", "inspections", "demerits", "messages"},
    "accounts": {"institutions", "inspections", "demerits"},
    "attachments": {"institutions", "inspections", "demerits"},
    "institutions": {"inspections", "demerits"},
    "inspections": {"demerits"},
    "jobs": {"institutions", "inspections", "demerits", "lists", "reports"},
    "lists": {"institutions", "inspections", "demerits", "reports"},
}
KNOWN_TO_THE_APP_ALONE = {"supervision", "home", "pwa", "admin", "generate", "backup"}


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def too_long(files: list[Path], limit: int) -> list[str]:
    return [f"{file.relative_to(ROOT)}: {lines(file)}" for file in files if lines(file) > limit]


def handlers() -> Iterator[tuple[str, int]]:
    """Every view with its length, decorators left out."""
    for file in OWN:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_decides_access, node.decorator_list)):
                yield f"{file.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1


def _decides_access(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(named, ast.Name) and named.id in ("allow", "public")


def test_python_files_are_short() -> None:
    assert not too_long(PYTHON, PYTHON_LINES)


def test_handlers_are_short() -> None:
    lengths = dict(handlers())
    assert {name: length for name, length in lengths.items() if length > HANDLER_LINES} == {}
    assert median(lengths.values()) <= HANDLER_MEDIAN


def test_templates_are_short() -> None:
    assert not too_long(TEMPLATES, TEMPLATE_LINES)


def test_there_is_little_javascript_of_our_own() -> None:
    assert sum(map(lines, SCRIPTS)) <= SCRIPT_LINES_IN_ALL


def test_styles_are_small() -> None:
    compressed = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in STYLES}
    assert sum(compressed.values()) <= STYLES_COMPRESSED, compressed


def imports() -> Iterator[tuple[str, str]]:
    """Pairs of rooms of which the first imports the second when it runs."""
    for file in OWN:
        room = _room(file.relative_to(WEBAPP).with_suffix("").parts[0])
        for node in _running(ast.parse(file.read_text(encoding="utf-8"))):
            for name in _imported(node, file):
                if name.startswith("webapp."):
                    yield room, _room(name.split(".")[1])


def _room(name: str) -> str:
    return "app" if name == "__init__" else name


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)


def _imported(node: ast.AST, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = ["webapp", *file.relative_to(WEBAPP).parent.parts]
    above = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    return [f"{module}.{alias.name}" for alias in node.names]


def test_rooms_know_only_the_rooms_below_them() -> None:
    wrong = {(room, known) for room, known in imports() if known in UNKNOWN_TO.get(room, set())}
    assert not wrong


def test_what_is_on_top_is_known_to_the_app_alone() -> None:
    tops = {(room, known) for room, known in imports() if known in KNOWN_TO_THE_APP_ALONE - {room}}
    assert {room for room, _ in tops} == {"app"}


def test_nothing_in_the_product_knows_its_tests() -> None:
    sources = [*OWN, ROOT / "wsgi.py"]
    assert not [file for file in sources if re.search(r"^\s*(from|import) tests\b", file.read_text(), re.M)]


@pytest.mark.parametrize(
    "folder", [WEBAPP / "static" / "vendor", WEBAPP / "reports" / "fonts", ROOT / "tests" / "data"]
)
def test_vendored_files_are_the_published_ones(folder: Path) -> None:
    for line in (folder / "VERSIONS").read_text().splitlines():
        *_, name, _, digest = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_file_is_named() -> None:
    vendor = WEBAPP / "static" / "vendor"
    named = {line.split()[-3] for line in (vendor / "VERSIONS").read_text().splitlines()}
    assert named | {"VERSIONS"} == {file.name for file in vendor.iterdir()}


INLINE = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle=",
    "inline handler": r"\son[a-z]+=|hx-on",
    "other host": r"(src|href|action)=\"https?://",
}


@pytest.mark.parametrize("kind", INLINE)
def test_templates_need_no_exception_from_the_policy(kind: str) -> None:
    found = [file for file in TEMPLATES if re.search(INLINE[kind], file.read_text(encoding="utf-8"))]
    assert not found


def test_only_words_of_our_own_go_unescaped() -> None:
    templates = WEBAPP / "templates"
    unescaped = [
        f.relative_to(templates).as_posix() for f in TEMPLATES if re.search(r"\|\s*safe\b", f.read_text())
    ]
    assert unescaped == ["institutions/_institution.html", "macros/icon.html"]

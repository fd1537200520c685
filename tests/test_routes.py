"""What every address answers to every role; a new route without a row in the table fails."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text
from werkzeug.routing import UnicodeConverter

from tests.access_table import TABLE
from tests.world import ROLES, STRANGERS, World
from webapp.accounts.models import User
from webapp.database import SAFE_METHODS, Base, db, uuid7
from webapp.demerits.persons import MedicalPerson
from webapp.extensions import csrf
from webapp.institutions.models import Institution

# Answers that a browser may keep, and addresses whose part is a name that the view looks up by itself.
CACHEABLE = {
    "/manifest.webmanifest",
    "/offline",
    "/offline/fill",
    "/offline/new",
    "/outbox",
    "/static/css/base.css",
    "/sw.js",
}
UNTYPED = {
    "admin.comparison",
    "institutions.check",
    "inspections.blank",
    "pwa.join_institution",
    "pwa.qr_of_institution",
}
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]
READS = [path for method, path, *_ in ROWS if method == "GET"]
CHANGES = [(method, path) for method, path, *_ in ROWS if method not in SAFE_METHODS]


@pytest.fixture(scope="module")
def demo_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("routes"))


@pytest.fixture
def world(demo_world: World) -> Iterator[World]:
    with demo_world.app.app_context():
        demo_world.restore()
        yield demo_world
        demo_world.restore()


def endpoint_of(world: World, method: str, path: str) -> tuple[str, str]:
    adapter = world.app.url_map.bind("localhost")
    return method, adapter.match(world.address(path), method)[0]


def test_every_route_has_a_row(world: World) -> None:
    rules = world.app.url_map.iter_rules()
    routes = {(method, rule.endpoint) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert routes == {endpoint_of(world, method, path) for method, path, *_ in ROWS}


def test_every_view_names_its_rule(world: World) -> None:
    views = world.app.view_functions.items()
    assert [name for name, view in views if not hasattr(view, "access_rule")] == ["static"]


@pytest.mark.parametrize(("method", "path", "answers"), [(m, p, a) for m, p, *a in ROWS])
def test_each_role_gets_its_answer(world: World, method: str, path: str, answers: list[str]) -> None:
    given = []
    for role in ROLES:
        given.append(world.ask(role, method, path).status_code)
        if method not in SAFE_METHODS:
            world.restore()
    assert dict(zip(ROLES, given, strict=True)) == dict(zip(ROLES, map(int, answers), strict=True))


@pytest.mark.parametrize(("method", "path", "answers"), [(m, p, a) for m, p, *a in ROWS if "{" in p])
def test_another_institutions_things_do_not_exist(
    world: World, method: str, path: str, answers: list[str]
) -> None:
    """A role that may open the page at all gets 404, exactly as for a made-up identifier."""
    given = [world.ask(role, method, path).status_code for role in STRANGERS]
    # Pages of system administrators and auditors are nobody's here.
    assert (404 in given) == (set(answers[1:6]) != {"403"})
    assert set(given) <= {403, 404}


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, *_ in ROWS if "{" in p])
def test_nothing_has_a_made_up_identifier(world: World, method: str, path: str) -> None:
    made_up = path.format_map({name: uuid7() for name in world.uuids})
    given = [world.ask(role, method, made_up).status_code for role in ROLES]
    assert 404 in given
    assert set(given) <= {302, 403, 404}


def test_one_form_checks_its_token_itself() -> None:
    assert csrf._exempt_views == {"webapp.institutions.views.register"}


@pytest.mark.parametrize(("method", "path"), [change for change in CHANGES if change[1] != "/register"])
def test_a_change_needs_its_token(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    for role in ("nobody", "inspector", "reviewer"):
        assert world.ask(role, method, path).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    browsers = [world.browser(role) for role in ("nobody", "inspector", "reviewer")]
    before = contents()
    for method, path in CHANGES:
        for browser in browsers:
            answer = browser.open(world.address(path), method=method, headers=headers)
            assert (path, answer.status_code) == (path, 403)
    assert contents() == before


@pytest.mark.parametrize("path", READS)
def test_reading_writes_nothing(world: World, path: str) -> None:
    browsers = [world.browser(role) for role in ROLES]
    before = contents()
    for browser in browsers:
        browser.get(world.address(path))
    assert contents() == before


@pytest.mark.parametrize("path", [*READS, "/no-such-page"])
def test_every_answer_is_hardened(world: World, path: str) -> None:
    for role in ROLES:
        headers = world.ask(role, "GET", path).headers
        assert "unsafe-" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert path in CACHEABLE or headers["Cache-Control"] == "no-store"


def test_addresses_are_in_kebab_case_and_typed(world: World) -> None:
    for rule in world.app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9./-]*", fixed), rule.rule
        untyped = {name for name, kind in rule._converters.items() if type(kind) is UnicodeConverter}
        assert not untyped or rule.endpoint in UNTYPED, rule.rule


def test_no_number_of_a_person_lies_readable_in_the_database(world: World) -> None:
    raw = repr(contents())
    users, institutions = (db.session.scalars(select(model)).all() for model in (User, Institution))
    numbers = [number for user in users for number in (user.mobile, user.id_number)]
    numbers += db.session.scalars(select(MedicalPerson.id_number)).all()
    numbers += [number for i in institutions for number in (i.legal_person_id_number, i.contact_phone)]
    assert len(numbers) >= 30
    assert not [number for number in numbers if number in raw]


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    return {
        table.name: [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table.name}"))]
        for table in tables
    }

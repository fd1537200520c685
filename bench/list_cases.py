"""The list pages that are measured, and the rows of each as one would fetch them by hand."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, text

from bench.asking import Request
from webapp.accounts.models import Kind, User
from webapp.crypto import blind_index
from webapp.database import db
from webapp.demerits.persons import ID_NUMBER, MedicalPerson
from webapp.institutions.models import Institution, Status
from webapp.supervision.plotted import KINDS

PAGE = 20
# How far back in a list a deep page lies.
DEEP = 0.9
SUBMITTED = "r.submitted_at IS NOT NULL"


class Source(NamedTuple):
    """What a list shows: its table, the day it is ordered by, the columns, and where they come from."""

    table: str
    day: str
    columns: str
    joins: str

    def sql(self, *conditions: str) -> str:
        """Return the query of one page and one more row."""
        return (
            f"SELECT {self.columns} FROM {self.table} r {self.joins} WHERE {' AND '.join(conditions)} "
            f"ORDER BY r.{self.day} DESC, r.id DESC LIMIT {PAGE + 1}"
        )

    def merged(self, column: str, values: Sequence[object], *conditions: str) -> str:
        """Return the same for any of some values: a page of each, and the newest of those."""
        newest = [
            f"SELECT * FROM (SELECT id, {self.day} FROM {self.table} r "
            f"WHERE {' AND '.join((f'r.{column} = {value!r}', *conditions))} "
            f"ORDER BY {self.day} DESC, id DESC LIMIT {PAGE + 1}) AS page"
            for value in values
        ]
        order = f"ORDER BY {self.day} DESC, id DESC LIMIT {PAGE + 1}"
        return self.sql(f"r.id IN (SELECT id FROM ({' UNION ALL '.join(newest)}) AS pages {order})")


INSPECTIONS = Source(
    "inspections",
    "inspected_on",
    "r.uuid, r.district, i.name, r.scope, r.inspected_on, r.level, u.name",
    "JOIN institutions i ON i.id = r.institution_id JOIN users u ON u.id = r.inspector_id",
)
DEMERITS = Source(
    "demerits",
    "recorded_on",
    "r.uuid, r.district, r.record, i.name, r.points, r.recorded_on",
    "JOIN institutions i ON i.id = r.institution_id",
)


class Case(NamedTuple):
    """A page, and how its rows would be fetched by hand; of several ways the fastest counts.

    Without any way it is the page's own queries that count.
    """

    name: str
    request: Request
    raw: Sequence[str]


def cases_of(app: Flask) -> Iterator[Case]:
    """Yield every page that is measured; needs an application context."""
    yield from _reviewed(app, "city", None)
    yield from _reviewed(app, "district", "500106")
    # Since 2025-11 two former districts belong to it.
    yield from _reviewed(app, "merged district", "500157")
    yield from _narrowed(app)
    yield from _members(app)
    yield from _desk(app)


def _reviewed(app: Flask, who: str, district: str | None) -> Iterator[Case]:
    user = _one(User, kind=Kind.REVIEWER, district=district)
    codes = sorted(user.districts or ())
    reach = [f"r.district IN ({', '.join(map(repr, codes))})"] if codes else []
    for source in (INSPECTIONS, DEMERITS):
        yield from _ends(
            app, source, f"{source.table}, {who}", user, f"/supervision/{source.table}", reach, codes
        )


def _ends(
    app: Flask, source: Source, name: str, user: User, address: str, reach: list[str], codes: Sequence[str]
) -> Iterator[Case]:
    """The first page of a list, and one far behind."""
    yield _case(app, f"{name}: first page", user, address, _ways(source, codes, SUBMITTED, *reach))
    uuid, behind = _deep(source, SUBMITTED, *reach)
    yield _case(
        app,
        f"{name}: at {DEEP:.0%}",
        user,
        f"{address}?after={uuid}",
        _ways(source, codes, SUBMITTED, *reach, behind),
    )


def _ways(source: Source, codes: Sequence[str], *conditions: str) -> list[str]:
    if len(codes) < 2:
        return [source.sql(*conditions)]
    rest = [condition for condition in conditions if not condition.startswith("r.district IN")]
    return [source.sql(*conditions), source.merged("district", codes, *rest)]


def _deep(source: Source, *conditions: str) -> tuple[UUID, str]:
    """A row far behind in a list, and the condition of the rows behind it."""
    where = " AND ".join(conditions)
    number = _value(f"SELECT count(*) FROM {source.table} r WHERE {where}")
    row = db.session.execute(
        text(
            f"SELECT r.uuid, r.{source.day}, r.id FROM {source.table} r WHERE {where} "
            f"ORDER BY r.{source.day} DESC, r.id DESC LIMIT 1 OFFSET {int(number * DEEP)}"
        )
    ).one()
    return UUID(str(row[0])), f"(r.{source.day}, r.id) < ('{row[1]}', {row[2]})"


def _narrowed(app: Flask) -> Iterator[Case]:
    """What the city's reviewer asks for: days, levels, categories, names, numbers."""
    user = _one(User, kind=Kind.REVIEWER, district=None)
    days = "start=2024-01-01&end=2024-12-31"
    for source in (INSPECTIONS, DEMERITS):
        address = f"/supervision/{source.table}"
        lasting = f"r.{source.day} BETWEEN '2024-01-01' AND '2024-12-31'"
        yield _case(
            app, f"{source.table}: a year", user, f"{address}?{days}", [source.sql(SUBMITTED, lasting)]
        )
        # Of 25,000 institutions a seventh, some hundreds, a hundred, a few, none.
        for asked in ("康", "示康", "康安", _rare_name(), "没有此名"):
            named = f"(i.name LIKE '%{asked}%' OR i.credit_code LIKE '%{asked}%')"
            keys = f"r.institution_id IN (SELECT i.id FROM institutions i WHERE {named})"
            yield _case(
                app,
                f"{source.table}: institution like {asked}",
                user,
                f"{address}?q={asked}",
                [source.sql(SUBMITTED, named), source.sql(SUBMITTED, keys)],
            )
    touched = "r.categories LIKE '% MY %'"
    yield _case(
        app,
        "inspections: a rare 大类",
        user,
        "/supervision/inspections?category=MY",
        [INSPECTIONS.sql(SUBMITTED, touched)],
    )
    level = "r.level = '三级'"
    yield _case(
        app,
        "inspections: a rare level",
        user,
        "/supervision/inspections?level=三级",
        [INSPECTIONS.sql(SUBMITTED, level)],
    )
    yield from _persons(app, user)


def _persons(app: Flask, user: User) -> Iterator[Case]:
    person = _most_recorded()
    named = f"r.person_id IN (SELECT p.id FROM medical_persons p WHERE p.name = '{person.name}')"
    yield _case(
        app,
        "demerits: a person's name",
        user,
        f"/supervision/demerits?name={person.name}",
        [DEMERITS.sql(SUBMITTED, named)],
    )
    for what, column, asked, purpose in (
        ("ID number", "id_number_index", person.id_number, ID_NUMBER),
        ("last four digits", "id_number_tail", person.id_number[-4:], f"{ID_NUMBER}.tail"),
        ("first six digits", "id_number_head", person.id_number[:6], f"{ID_NUMBER}.head"),
    ):
        index = blind_index(asked, purpose)
        keys = f"r.person_id IN (SELECT p.id FROM medical_persons p WHERE p.{column} = '{index}')"
        walked = (
            f"EXISTS (SELECT 1 FROM medical_persons p WHERE p.id = r.person_id AND p.{column} = '{index}')"
        )
        yield _case(
            app,
            f"demerits: a person's {what}",
            user,
            "/supervision/demerits",
            [DEMERITS.sql(SUBMITTED, keys), DEMERITS.sql(SUBMITTED, walked)],
            {"id_number": asked},
        )


def _members(app: Flask) -> Iterator[Case]:
    """The biggest institution's own lists."""
    institution = db.session.scalars(
        select(Institution)
        .join(MedicalPerson, MedicalPerson.institution_id == Institution.id)
        .where(Institution.status == Status.APPROVED)
        .group_by(Institution.id)
        .order_by(func.count().desc())
        .limit(1)
    ).one()
    administrator = _one(User, institution_id=institution.id, is_administrator=True)
    inspector = _one(User, institution_id=institution.id, is_inspector=True)
    own = f"r.institution_id = {institution.id}"
    mine = f"r.inspector_id = {inspector.id}"
    yield _case(
        app, "own inspections of an institution", administrator, "/inspections", [INSPECTIONS.sql(own)]
    )
    yield _case(
        app, "own inspections of an inspector", inspector, "/inspections", [INSPECTIONS.sql(own, mine)]
    )
    yield _case(
        app, "own demerits of an institution", administrator, "/demerits", [DEMERITS.sql(own, SUBMITTED)]
    )
    person = db.session.scalars(
        select(MedicalPerson).where(MedicalPerson.institution_id == institution.id)
    ).first()
    assert person is not None
    part = person.name[1:]
    theirs = f"p.institution_id = {institution.id} AND p.name LIKE '%{part}%'"
    named = f"r.person_id IN (SELECT p.id FROM medical_persons p WHERE {theirs})"
    yield _case(
        app,
        "own demerits: fuzzy name",
        administrator,
        "/demerits",
        [DEMERITS.sql(own, SUBMITTED, named)],
        {"name": part, "id_number": ""},
    )


def _desk(app: Flask) -> Iterator[Case]:
    """The work desk of the city, and what it loads afterwards."""
    user = _one(User, kind=Kind.REVIEWER, district=None)
    yield _case(app, "work desk", user, "/supervision/", ())
    yield _case(app, "work desk: overdue", user, "/supervision/overdue", ())
    for name, kind in KINDS.items():
        yield _case(app, f"work desk: {kind.title}", user, f"/supervision/figures/{name}", ())


def _rare_name() -> str:
    name = _value("SELECT name FROM institutions WHERE status = 'approved' ORDER BY id DESC LIMIT 1")
    return str(name)[:6]


def _most_recorded() -> MedicalPerson:
    key = _value(
        "SELECT person_id FROM demerits GROUP BY person_id ORDER BY count(*) DESC, person_id LIMIT 1"
    )
    return db.session.get_one(MedicalPerson, key)


def _case(
    app: Flask, name: str, user: User, address: str, raw: Sequence[str], data: dict[str, str] | None = None
) -> Case:
    return Case(name, Request(app, user, address, data), raw)


def _one(model: type[Any], **columns: Any) -> Any:
    return db.session.scalars(select(model).filter_by(**columns).order_by(model.id).limit(1)).one()


def _value(sql: str) -> Any:
    return db.session.scalar(text(sql))

"""Entries in the auditor's words: every act, subject and detail that the program records has a name."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from webapp.audit.wording import ACTIONS, DETAILS, WORDS, details
from webapp.demerits.petitions import OUTCOMES, PetitionKind
from webapp.institutions.changes import REVIEWED
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import RegistrationKind

WEBAPP = Path(__file__).parent.parent.parent / "webapp"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of ``record`` in the program and where it stands."""
    for file in sorted(WEBAPP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                yield f"{file.relative_to(WEBAPP)}:{node.lineno}", node


def put_together() -> set[str]:
    """The acts whose names are made of the kind of a thing and what became of it."""
    decided = product(RegistrationKind, (Status.APPROVED, Status.RETURNED))
    answered = ((kind, outcome) for kind, outcomes in OUTCOMES.items() for outcome in outcomes)
    filed = ((kind, "filed") for kind in PetitionKind)
    return {f"{kind}-{outcome}" for kind, outcome in (*decided, *answered, *filed)}


def named(attribute: str) -> Iterator[str]:
    """What classes of the program give an attribute of this name."""
    for file in WEBAPP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            given = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(given, ast.Name) and given.id == attribute:
                yield from patterns(node.value) if isinstance(node.value, ast.Constant | ast.IfExp) else ()


def patterns(action: ast.expr) -> Iterator[str]:
    """What an action can be, as regular expressions."""
    if isinstance(action, ast.IfExp):
        yield from patterns(action.body)
        yield from patterns(action.orelse)
    elif isinstance(action, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "[a-z-]+" for part in action.values)
        yield "".join(map(str, parts))
    elif isinstance(action, ast.Attribute):
        yield from named(action.attr)
    else:
        yield ast.literal_eval(action)


def test_every_recorded_act_has_a_name() -> None:
    recorded = [(place, pattern) for place, call in calls() for pattern in patterns(call.args[0])]
    assert len(recorded) > 40
    assert not [r for r in recorded if not any(re.fullmatch(r[1], action) for action in ACTIONS)]


def test_every_name_belongs_to_an_act() -> None:
    recorded = {pattern for _, call in calls() for pattern in patterns(call.args[0])}
    assert ACTIONS.keys() <= recorded | put_together()


def test_acts_that_are_put_together_have_names() -> None:
    assert put_together() <= ACTIONS.keys()


def test_every_detail_has_a_name() -> None:
    named = {word.arg for _, call in calls() for word in call.keywords} - {"by", "about", None}
    assert named <= DETAILS.keys()


def test_every_field_of_an_institution_has_a_name() -> None:
    assert {*REVIEWED, *Institution.DATA} <= WORDS.keys()


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"fields": ["mobile", "name"]}, [("改动的内容", "手机号、名称")]),
        ({"number": "id_number"}, [("号码", "身份证号")]),
        ({"is_enabled": False, "count": 3}, [("启用", "否"), ("数量", "3")]),
        ({"digest": "ab12"}, [("记录校验码", "ab12")]),
        ({}, []),
    ],
)
def test_details_are_said_in_words(detail: dict[str, object], said: list[tuple[str, str]]) -> None:
    assert list(details(detail)) == said

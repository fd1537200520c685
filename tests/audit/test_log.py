"""审计日志: the list."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import rows
from webapp.accounts.models import User
from webapp.audit import models
from webapp.audit.models import AuditEntry, record
from webapp.database import db
from webapp.formats import LOCAL
from webapp.lists.paging import PAGE

URL = "/audit"
NOON = datetime(2026, 11, 20, 12, tzinfo=LOCAL)


def note(
    action: str = "sign-in",
    by: User | None = None,
    about: User | None = None,
    at: datetime = NOON,
    **detail: object,
) -> AuditEntry:
    """An entry of some moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "now", lambda: at)
        record(action, by=by, about=about, **detail)
    db.session.commit()
    newest = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None
    return newest


def actions(page: str) -> list[str]:
    return [row[3] for row in rows(page)]


def test_it_works(desk: FlaskClient, administrator: User, inspector: User) -> None:
    institution = administrator.institution
    assert institution is not None
    entry = note("staff-changed", by=administrator, about=inspector, fields=["name", "mobile"])
    assert rows(desk.get(URL).text) == [
        [
            "2026-11-20 12:00:00",
            administrator.name,
            f"{institution.name} 机构管理员",
            "修改机构人员",
            f"账号 · {inspector.name}",
            "改动的内容 名称、手机号",
            "",
            entry.place,
            "查看",
        ]
    ]


def test_it_is_an_auditors_home(desk: FlaskClient) -> None:
    assert desk.get("/").location == URL


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_it_says_when_there_is_nothing(desk: FlaskClient) -> None:
    assert "还没有记录" in desk.get(URL).text
    assert "没有符合条件的记录" in desk.get(f"{URL}?name=无").text


def test_it_says_that_nobody_was_signed_in(desk: FlaskClient, inspector: User) -> None:
    note("sign-in-failed", about=inspector)
    (row,) = rows(desk.get(URL).text)
    assert row[1:5] == ["", "", "登录失败", f"账号 · {inspector.name}"]


def test_the_newest_stand_first(desk: FlaskClient, reviewer: User) -> None:
    for ago, action in ((3, "sign-out"), (1, "sign-in"), (2, "numbers-shown")):
        note(action, by=reviewer, at=NOON - timedelta(hours=ago))
    assert actions(desk.get(URL).text) == ["登录", "查看完整号码", "退出登录"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=样例甲", ["登录", "查看完整号码"]),
        ("name=样例", []),
        ("action=numbers-shown", ["查看完整号码"]),
        ("kind=users", ["查看完整号码"]),
        ("title=样例乙", ["查看完整号码"]),
        ("name=样例甲&action=sign-in", ["登录"]),
        ("name=样例乙", ["退出登录"]),
    ],
)
def test_it_is_narrowed(desk: FlaskClient, query: str, found: list[str]) -> None:
    first, second = (factories.UserFactory(reviewer=True, name=name) for name in ("样例甲", "样例乙"))
    note("sign-out", by=second)
    note("numbers-shown", by=first, about=second)
    note("sign-in", by=first)
    assert actions(desk.get(f"{URL}?{query}").text) == found


def test_days_are_those_of_chongqing(desk: FlaskClient, reviewer: User) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=LOCAL)
    for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23, minutes=59)):
        note(by=reviewer, at=at)
    note("sign-out", by=reviewer, at=midnight + timedelta(days=1))
    page = desk.get(f"{URL}?start=2026-11-20&end=2026-11-20").text
    assert [row[0] for row in rows(page)] == ["2026-11-20 23:59:00", "2026-11-20 00:00:00"]


def test_the_same_thing_is_followed(desk: FlaskClient, inspector: User, reviewer: User) -> None:
    wanted = note("numbers-shown", by=reviewer, about=inspector)
    note("numbers-shown", by=reviewer, about=reviewer)
    page = desk.get(f"{URL}?subject={wanted.subject}").text
    assert len(rows(page)) == 1 and "只列出同一对象的记录" in page


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("start=2026-11-02&end=2026-11-01", "end", "结束时间不能早于开始时间"),
        ("start=yesterday", "start", "日期应写成年-月-日"),
        ("action=fly", "action", "不在选项中"),
        ("kind=fish", "kind", "不在选项中"),
        ("name=13812345678", "name", "不能填身份证号或手机号"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, query: str, field: str, message: str) -> None:
    answer = desk.get(f"{URL}?{query}")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.select_one(f"[name={field}][aria-invalid=true][autofocus]")
    told = page.select_one(f"#{field}-error")
    assert told is not None and message in told.text


def test_an_identifier_that_is_none_is_refused(desk: FlaskClient) -> None:
    answer = desk.get(f"{URL}?subject=1")
    assert answer.status_code == 422 and "不是对象的编号" in answer.text


def test_paging_shows_each_entry_once(desk: FlaskClient, reviewer: User) -> None:
    for number in range(PAGE + 4):
        note(by=reviewer, at=NOON + timedelta(minutes=number // 3))
    first = desk.get(URL).text
    link = BeautifulSoup(first, "html.parser").select_one(".more a")
    assert link is not None
    places = [row[7] for page in (first, desk.get(str(link["href"])).text) for row in rows(page)]
    assert len(places) == len(set(places)) == PAGE + 4


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, reviewer: User) -> None:
    note(by=reviewer)
    for query in ("action=sign-out", "start=2026-11-02&end=2026-11-01"):
        url = f"{URL}?{query}"
        fragment = desk.get(url, headers=HTMX).text
        assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (2, PAGE):
        for _ in range(more):
            user = factories.UserFactory(reviewer=True)
            note("numbers-shown", by=user, about=user)
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]

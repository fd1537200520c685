"""The pages of 导出: progress that ends by itself, a file for its owner alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.jobs.doing import do_jobs, downloaded, last_job
from webapp.accounts.models import User
from webapp.database import db, now, uuid7
from webapp.jobs.models import INTERRUPTED, Job
from webapp.jobs.performing import claim

ORDER = {"list": "registrations", "asked": {}, "number": "", "full": False, "reason": "", "back": "/"}


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], reviewer: User) -> FlaskClient:
    return as_user(reviewer)


@pytest.fixture
def job(reviewer: User) -> Job:
    return Job.ask("list", "导出注册审核", ORDER, uuid7(), by=reviewer)


def url_of(job: Job) -> str:
    return f"/exports/{job.uuid}"


def asks_again(page: str) -> bool:
    return BeautifulSoup(page, "html.parser").select_one("#job[hx-trigger]") is not None


def test_the_page_follows_the_job_and_then_stops(desk: FlaskClient, job: Job) -> None:
    waiting = desk.get(url_of(job)).text
    assert "排队中" in waiting and asks_again(waiting)
    claimed = claim("a worker")
    assert claimed is not None
    claimed.done, claimed.total = 1200, 5000
    db.session.commit()
    running = desk.get(url_of(job), headers=HTMX).text
    assert "1,200 / 5,000" in running and asks_again(running)
    claimed.state = "waiting"
    db.session.commit()
    do_jobs()
    done = desk.get(url_of(job), headers=HTMX).text
    assert "下载" in done and not asks_again(done)


def test_the_fragment_leaves_the_page_as_a_fresh_one(desk: FlaskClient, job: Job) -> None:
    page = desk.get(url_of(job)).text
    do_jobs()
    fragment = desk.get(url_of(job), headers=HTMX).text
    assert swapped(page, fragment, "#job", "outerHTML") == normalised(desk.get(url_of(job)).text)


def test_it_works_without_scripts(desk: FlaskClient, job: Job) -> None:
    page = BeautifulSoup(desk.get(url_of(job)).text, "html.parser")
    refresh = page.select_one("#job a")
    assert refresh is not None and (refresh.text.strip(), refresh["href"]) == ("刷新", url_of(job))
    form = page.select_one("#job form[method=post]")
    assert form is not None
    assert desk.post(form["action"]).location == url_of(job)
    assert "已取消" in desk.get(url_of(job)).text


def test_a_job_whose_worker_died_says_so_at_once(desk: FlaskClient, job: Job) -> None:
    claimed = claim("a worker")
    assert claimed is not None
    claimed.seen_at = now() - timedelta(minutes=5)
    db.session.commit()
    page = desk.get(url_of(job)).text
    assert INTERRUPTED in page and not asks_again(page)


def test_the_file_has_a_chinese_name(desk: FlaskClient, job: Job) -> None:
    do_jobs()
    answer = desk.get(f"{url_of(job)}/file")
    assert answer.headers["Content-Disposition"].startswith(
        "attachment; filename=export.xlsx; filename*=UTF-8''"
    )
    assert answer.content_length == last_job().file_size == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_reviewer_finds_nothing(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], job: Job
) -> None:
    do_jobs()
    assert downloaded(desk, job)
    colleague = as_user(factories.UserFactory(reviewer=True, district=factories.DISTRICT))
    given = [colleague.get(url_of(job)), colleague.get(f"{url_of(job)}/file")]
    given.append(colleague.post(f"{url_of(job)}/cancellation"))
    assert [answer.status_code for answer in given] == [404, 404, 404]
    assert "导出注册审核" not in colleague.get("/exports").text


def test_nobody_gets_the_file_after_a_day(desk: FlaskClient, job: Job) -> None:
    do_jobs()
    last_job().ended_at = now() - Job.KEPT
    db.session.commit()
    assert desk.get(f"{url_of(job)}/file").status_code == 404
    page = desk.get(url_of(job)).text
    assert "已过期" in page and "文件只保留一天" in page


def test_cancelling_too_late_says_so(desk: FlaskClient, job: Job) -> None:
    do_jobs()
    desk.post(f"{url_of(job)}/cancellation")
    assert "没有取消" in desk.get(url_of(job)).text


def test_the_list_shows_the_newest_first(desk: FlaskClient, job: Job, reviewer: User) -> None:
    do_jobs()
    Job.ask("list", "第二次导出", ORDER, uuid7(), by=reviewer)
    page = BeautifulSoup(desk.get("/exports").text, "html.parser")
    assert [title.text for title in page.select(".record-title")] == ["第二次导出", "导出注册审核"]


def test_an_empty_list_says_where_to_begin(desk: FlaskClient) -> None:
    assert "还没有导出" in desk.get("/exports").text

"""What Prometheus is told, and who else is not."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests import factories
from webapp.accounts.models import User
from webapp.attachments.uploads import PhotoUpload
from webapp.crypto import new_field_key
from webapp.database import db, now, uuid7
from webapp.jobs.models import Job

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}
ASK_ONCE = """
import os
from pathlib import Path
from webapp import create_app
app = create_app({"INSTANCE": Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])})
print(app.test_client().get("/metrics").text)
"""


def told(text: str, name: str, **labels: str) -> float:
    """The one sample of this name with these labels, or 0."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())


def test_a_request_is_counted_by_the_pattern_of_its_address(
    inspector: User, as_user: Callable[[User], FlaskClient]
) -> None:
    browser = as_user(inspector)
    inspection = factories.InspectionFactory(inspector=inspector)
    route = {"method": "GET", "route": "/inspections/<uuid:inspection_uuid>"}
    before = browser.get("/metrics").text
    browser.get(f"/inspections/{inspection.uuid}")
    after = browser.get("/metrics").text
    name = "http_requests_total"
    assert told(after, name, **route, status="200") == told(before, name, **route, status="200") + 1
    name = "http_request_duration_seconds_count"
    assert told(after, name, **route) == told(before, name, **route) + 1
    assert str(inspection.uuid) not in after


def test_invented_addresses_and_methods_are_counted_as_one(client: FlaskClient) -> None:
    client.get("/no-such-page")
    client.open("/no-such-page", method="INVENTED")
    text = client.get("/metrics").text
    assert told(text, "http_requests_total", method="GET", route="none", status="404") >= 1
    assert told(text, "http_requests_total", method="OTHER", route="none") >= 1
    assert "no-such-page" not in text
    assert "INVENTED" not in text


def test_it_tells_what_waits(client: FlaskClient, inspector: User) -> None:
    for number, state in enumerate(("waiting", "waiting", "running", "done")):
        ended = now() if state == "done" else None
        asked = now() - timedelta(hours=1)
        job = Job(kind=f"{number}", title="", order={}, owner_id=inspector.id, state=state, asked_at=asked)
        job.worker, job.ended_at = "worker", ended
        db.session.add(job)
    _upload(inspector, received=60)
    _upload(inspector, received=100)
    text = client.get("/metrics").text
    assert told(text, "database_up") == 1
    assert told(text, "jobs_waiting") == 2
    assert told(text, "jobs_running") == 1
    assert told(text, "jobs_oldest_waiting_seconds") >= 3600
    assert told(text, "uploads_waiting") == 1
    assert told(text, "uploads_waiting_bytes") == 40


def _upload(user: User, received: int) -> None:
    db.session.add(
        PhotoUpload(
            uuid=uuid7(),
            institution_id=user.institution_id,
            uploader_id=user.id,
            description="",
            sha256="",
            length=100,
            received=received,
            parts=[],
            expires_at=now() + timedelta(days=1),
        )
    )


def test_nothing_waits_in_an_empty_database(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    assert [
        told(text, name) for name in ("jobs_waiting", "jobs_oldest_waiting_seconds", "uploads_waiting")
    ] == [
        0,
        0,
        0,
    ]


def test_it_tells_of_memory_and_connections(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    assert told(text, "process_resident_memory_bytes") > 1_000_000
    assert told(text, "database_connections_used") >= 1
    assert told(text, "database_connections_limit") >= told(text, "database_connections_used")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}])
def test_nobody_elsewhere_learns_anything(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/metrics", environ_base=ELSEWHERE, headers=headers).status_code == 404


def test_a_proxy_on_this_machine_is_not_this_machine(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer 令牌", "Bearer a monitor's"])
def test_a_wrong_token_is_refused(app: Flask, client: FlaskClient, sent: str) -> None:
    app.config["METRICS_TOKEN"] = "a monitor's token"
    answer = client.get(
        "/metrics", environ_base=ELSEWHERE | {"HTTP_AUTHORIZATION": sent.encode().decode("latin1")}
    )
    app.config["METRICS_TOKEN"] = ""
    assert answer.status_code == 404


def test_whoever_has_the_token_may_ask_from_elsewhere(app: Flask, client: FlaskClient) -> None:
    app.config["METRICS_TOKEN"] = "a monitor's token"
    headers = {"Authorization": "Bearer a monitor's token"}
    answer = client.get("/metrics", environ_base=ELSEWHERE, headers=headers)
    app.config["METRICS_TOKEN"] = ""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_several_processes_add_up(tmp_path: Path) -> None:
    environ = (
        os.environ
        | KEYS
        | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/missing/app.db"}
    )
    command = [sys.executable, "-c", ASK_ONCE]
    told_by = [
        subprocess.run(command, env=environ, capture_output=True, text=True, check=True) for _ in range(3)
    ]
    route = {"method": "GET", "route": "/metrics"}
    assert [told(each.stdout, "http_requests_total", **route) for each in told_by] == [0, 1, 2]
    assert told(told_by[-1].stdout, "database_up") == 0

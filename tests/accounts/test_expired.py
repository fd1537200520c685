"""A session that ended while something was typed: what was typed can be sent after signing in again."""

from io import BytesIO

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from webapp.accounts.models import User

URL = "/me/password"


def test_htmx_is_told_and_the_page_stays(client: FlaskClient) -> None:
    answer = client.post(URL, data={"name": "样例"}, headers=HTMX)
    assert (answer.status_code, answer.text) == (401, "")
    assert "HX-Redirect" not in answer.headers


def test_a_form_without_htmx_can_be_sent_again(client: FlaskClient) -> None:
    typed = {"reply": ["第一行\n<b>第二行</b>"], "points": ["1", "2"]}
    secret = {"csrf_token": "x", "old": "secret", "password": "secret"}
    answer = client.post(f"{URL}?from=me", data={**typed, **secret})
    assert answer.status_code == 401
    form = BeautifulSoup(answer.text, "html.parser").select_one("main form")
    assert form is not None and form["action"] == f"{URL}?from=me"
    kept = [(f["name"], f["value"]) for f in form.select("[name]") if f["name"] != "csrf_token"]
    assert kept == [(name, value) for name, values in typed.items() for value in values]
    assert "secret" not in answer.text


def test_a_mere_button_leads_to_the_sign_in(client: FlaskClient) -> None:
    assert client.post("/logout", data={"csrf_token": "x"}).location == "/login"


def test_a_form_with_a_file_is_not_sent_without_it(client: FlaskClient) -> None:
    data = {"text": "样例", "photo": (BytesIO(b"photo"), "照片.jpg")}
    assert client.post(URL, data=data, content_type="multipart/form-data").location == "/login"


def token_after(client: FlaskClient, first: User, then: User) -> bool:
    """Whether a form of the first session holds in the second one."""
    tokens = []
    for user in (first, then):
        client.post("/login", data={"mobile": user.mobile, "password": factories.PASSWORD})
        client.get("/me")
        with client.session_transaction() as session:
            tokens.append(session["csrf_token"])
            session.pop("_user_id")
    return tokens[0] == tokens[1]


def test_the_token_against_forgery_holds_for_the_same_user(client: FlaskClient, inspector: User) -> None:
    assert token_after(client, inspector, inspector)


def test_it_does_not_for_another(client: FlaskClient, inspector: User) -> None:
    assert not token_after(client, inspector, factories.UserFactory(scorer=True))

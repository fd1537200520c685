"""Encryption of numbers at rest: what goes in comes out, and nothing else does."""

from base64 import b64encode

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests import factories
from webapp.accounts.models import ID_NUMBER, MOBILE, User
from webapp.crypto import FieldCipher, new_field_key
from webapp.database import db
from webapp.institutions.models import InstitutionRevision

# Fixed, because they name tests, which every test process must name alike.
GOOD, OTHER, SHORT = (b64encode(raw).decode() for raw in (b"a" * 32, b"b" * 32, b"short"))
OLD, NEW = f"k1:{GOOD}", f"k2:{OTHER}"
cipher = FieldCipher(OLD)


def test_a_fresh_key_is_a_good_one() -> None:
    assert FieldCipher(new_field_key()).encrypt("13812345678", MOBILE).startswith("k1.")
    assert new_field_key() != new_field_key()


@given(st.text())
def test_what_is_encrypted_comes_back(plain: str) -> None:
    assert cipher.decrypt(cipher.encrypt(plain, MOBILE), MOBILE) == plain


def test_equal_values_look_different() -> None:
    assert cipher.encrypt("13812345678", MOBILE) != cipher.encrypt("13812345678", MOBILE)


def test_a_value_moved_to_another_column_is_refused() -> None:
    with pytest.raises(InvalidTag):
        cipher.decrypt(cipher.encrypt("13812345678", MOBILE), ID_NUMBER)


def test_a_changed_value_is_refused() -> None:
    stored = cipher.encrypt("13812345678", MOBILE)
    changed = stored[:-6] + ("A" if stored[-6] != "A" else "B") + stored[-5:]
    with pytest.raises(InvalidTag):
        cipher.decrypt(changed, MOBILE)


def test_a_new_first_key_encrypts_and_the_old_one_still_reads() -> None:
    stored = cipher.encrypt("13812345678", MOBILE)
    rotated = FieldCipher(f"{NEW},{OLD}")
    assert rotated.decrypt(stored, MOBILE) == "13812345678"
    assert rotated.encrypt("13812345678", MOBILE).startswith("k2.")


def test_rotation_leaves_the_index_alone() -> None:
    assert FieldCipher(f"{NEW},{OLD}").index("13812345678", MOBILE) == cipher.index("13812345678", MOBILE)


def test_a_key_that_is_gone_reads_nothing() -> None:
    with pytest.raises(KeyError):
        FieldCipher(NEW).decrypt(cipher.encrypt("13812345678", MOBILE), MOBILE)


def test_the_index_tells_columns_and_keys_apart() -> None:
    index = cipher.index("13812345678", MOBILE)
    assert index == cipher.index("13812345678", MOBILE)
    assert index not in {
        cipher.index("13812345678", ID_NUMBER),
        FieldCipher(NEW).index("13812345678", MOBILE),
    }


@pytest.mark.parametrize(
    "setting",
    ["", "k1", "k1:", ":" + OLD[3:], "k.1:" + OLD[3:], "k1:" + b64encode(b"short").decode(), "k1:@@"],
    ids=["empty", "no colon", "no key", "no name", "dot in the name", "too short", "not base64"],
)
def test_a_malformed_key_is_refused(setting: str) -> None:
    with pytest.raises(ValueError):
        FieldCipher(setting)


@pytest.mark.usefixtures("app")
def test_columns_are_ciphertext_in_the_database() -> None:
    user = factories.UserFactory()
    stored = db.session.execute(text("SELECT mobile, id_number FROM users")).one()
    assert all(value.startswith("k1.") for value in stored)
    db.session.expire_all()
    assert db.session.get_one(User, user.id).mobile == user.mobile


@pytest.mark.usefixtures("app")
def test_revisions_are_ciphertext_in_the_database() -> None:
    institution = factories.InstitutionFactory()
    stored = db.session.execute(text("SELECT data FROM institution_revisions")).scalar_one()
    assert institution.name not in stored
    db.session.expire_all()
    revision = db.session.scalars(InstitutionRevision.latest_of(institution.id)).one()
    assert revision.data["legal_person_id_number"] == institution.legal_person_id_number


@pytest.mark.usefixtures("app")
def test_a_user_is_found_by_number_without_decrypting() -> None:
    user = factories.UserFactory()
    factories.UserFactory()
    assert db.session.scalars(User.with_mobile(user.mobile)).one() is user

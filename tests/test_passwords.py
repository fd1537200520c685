import re

import pytest

from webapp.numbers import COMMON_PASSWORDS, password_problem

ID_NUMBER = "500160199003071236"


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("kuai7le", "至少10位，现在是7位"),
        ("k7" * 65, "最多128位，现在是130位"),
        ("7305918264", "请加上字母"),
        ("密码密码密码密码7305", "请加上字母"),
        ("kuailemangguo", "请加上数字"),
        ("Password123", "太常见"),
        ("WOAINI5201314", "太常见"),
    ],
)
def test_a_weak_password_is_refused_with_its_fault(password: str, message: str) -> None:
    assert message in (password_problem(password) or "")


@pytest.mark.parametrize("password", ["Demo2026pass", "mangguo 73 shu", "k7" * 64, "kuaile7305!#密"])
def test_an_uncommon_password_of_letters_and_digits_is_accepted(password: str) -> None:
    assert password_problem(password, own=(ID_NUMBER, "16000000001", "示例人")) is None


@pytest.mark.parametrize(
    "password",
    ["ab16000000001", "mangguo00000001", "mangguo071236", "a19900307bcd", "示例人mangguo73", "zhenSuo-x7305"],
)
def test_a_password_made_of_own_data_is_refused(password: str) -> None:
    own = (ID_NUMBER, "160 0000 0001", "示例人", "Zhensuo-X", "")
    assert "不能包含本人的姓名、手机号" in (password_problem(password, own) or "")


def test_a_short_name_in_letters_does_not_forbid_passwords() -> None:
    assert password_problem("mangguoli73", own=("Li",)) is None


def test_common_passwords_are_ones_that_would_pass_otherwise() -> None:
    listed = COMMON_PASSWORDS.read_text(encoding="utf-8").split()
    assert len(listed) >= 300
    assert listed == sorted(set(listed))
    assert all(re.search("[a-z]", word) and re.search("[0-9]", word) and len(word) >= 10 for word in listed)

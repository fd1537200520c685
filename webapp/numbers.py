"""The numbers people type: ID numbers, credit codes, telephones, and the password's rules.

Each ``…_problem`` returns None when the text is right, else one Chinese sentence that says what is wrong
and what would be right. They judge the text as its ``normalise_…`` would store it, so a number pasted
with spaces or full-width digits is not refused.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from stdnum.cn import ric, uscc

ID_NUMBER_LENGTH = 18
CREDIT_CODE_LENGTH = 18
FIRST_BIRTH_YEAR = 1900
PASSWORD_LENGTHS = (10, 128)
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")

# GB 32100-2015: registering authority (A, N and Y are letters, which uscc.validate refuses), kind, region.
CREDIT_CODE_HEAD = re.compile(r"[1-9ANY][1-9][0-9]{6}")
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}

MOBILE = re.compile(r"1[3-9][0-9]{9}")
DIALLED_MOBILE = re.compile(r"(?:\+86|0086|86|0)?(1[3-9][0-9]{9})")
FROM_ABROAD = re.compile(r"^(?:\+|00)86-?0?")
# After a three-digit area code (Beijing, Chongqing, …) come 8 digits, after a four-digit one 7 or 8.
LANDLINE = re.compile(
    r"(?:(010|02[0-9])|(0[3-9][0-9]{2}))-?([2-9][0-9]{2}(?(1)[0-9]|[0-9]?)-?[0-9]{4})(?:-([0-9]{1,6}))?"
)
LANDLINE_WITHOUT_AREA = re.compile(r"[2-9][0-9]{6,7}")
EXTENSION_WORD = re.compile(r"转|分机|EXT\.?|#", re.IGNORECASE)

# Within other words: what looks like a person's number and not like a part of something longer.
SOME_ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])", re.IGNORECASE)
SOME_MOBILE = re.compile(r"(?<![0-9A-Z])1[3-9][0-9]{9}(?![0-9A-Z])", re.IGNORECASE)

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SHORTEST_OWN_WORD = 2
SHORTEST_OWN_ASCII = 4
SHORTEST_CERTIFICATE = 4


def _ascii(text: str) -> str:
    """Full-width to ASCII; spaces and the invisible marks that phones copy along with a number go."""
    kept = (char for char in text.translate(FULL_WIDTH) if not char.isspace())
    return "".join("-" if _is_dash(char) else char for char in kept if unicodedata.category(char) != "Cf")


def _is_dash(char: str) -> bool:
    return unicodedata.category(char) == "Pd" or char == "\N{MINUS SIGN}"


def normalise_id_number(text: str) -> str:
    """Return an ID number as it is stored: ASCII, no spaces or hyphens, X in upper case."""
    return _ascii(text).replace("-", "").upper()


def normalise_credit_code(text: str) -> str:
    """Return a credit code as it is stored: ASCII, no spaces or hyphens, upper case."""
    return _ascii(text).replace("-", "").upper()


def id_number_problem(text: str, today: date | None = None) -> str | None:
    """Say what is wrong with a citizen's ID number (GB 11643-1999), or None.

    The region is only looked at for its form: stdnum's own check knows today's regions and so refuses
    the genuine numbers of people registered in Chongqing before 1997.

    :param today: the day after which nobody is born yet; the present day when left out
    """
    number = normalise_id_number(text)
    if len(number) != ID_NUMBER_LENGTH:
        return _id_length_problem(number)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "身份证号前17位应为数字，最后一位应为数字或X，请核对"
    if number[0] == "0":
        return "身份证号前6位是地区代码，第1位应为1至9，请核对"
    return _birth_problem(number[6:14], today or date.today()) or _check_problem(
        number, ric.calc_check_digit(number)
    )


def has_number(text: str) -> bool:
    """Tell whether a text carries somebody's ID number, mistyped or not, or a mobile number."""
    found = SOME_ID_NUMBER.findall(_ascii(text))
    if any(credit_code_problem(number) is not None for number in found):
        return True
    return SOME_MOBILE.search(_ascii(text)) is not None


def certificate_problem(text: str) -> str | None:
    """Say why a text is no certificate's number, or None: too short, or without a digit."""
    if len(text) >= SHORTEST_CERTIFICATE and re.search(r"[0-9]", text):
        return None
    return f"执业证书编号应照证书填写，至少{SHORTEST_CERTIFICATE}位，其中有数字"


def _id_length_problem(number: str) -> str:
    if re.fullmatch(r"[0-9]{15}", number):
        return "这是15位的旧身份证号，请填写18位的身份证号"
    return f"身份证号应为18位，现在是{len(number)}位，请核对"


def _birth_problem(digits: str, today: date) -> str | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return f"身份证号第7至14位是出生日期，{digits} 不是真实日期，应为年月日，如 19850203，请核对"
    if born.year < FIRST_BIRTH_YEAR:
        return f"身份证号中的出生年份 {digits[:4]} 过早，应为{FIRST_BIRTH_YEAR}年以后，请核对第7至10位"
    if born > today:
        return f"身份证号中的出生日期 {digits} 晚于今天，应为今天或更早，请核对第7至14位"
    return None


def _check_problem(number: str, expected: str) -> str | None:
    return None if number[-1] == expected else f"校验位不符，最后一位应为 {expected}，请核对"


def credit_code_problem(text: str) -> str | None:
    """Say what is wrong with a unified social credit code (GB 32100-2015), or None."""
    code = normalise_credit_code(text)
    if len(code) != CREDIT_CODE_LENGTH:
        return f"社会统一信用代码应为18位，现在是{len(code)}位，请核对"
    for place, char in enumerate(code, start=1):
        if char not in CREDIT_CODE_ALPHABET:
            return _character_problem(place, char)
    if not CREDIT_CODE_HEAD.match(code):
        return "社会统一信用代码前8位应为登记部门、机构类别和6位地区代码，如 52500106，请核对"
    return _check_problem(code, uscc.calc_check_digit(code))


def _character_problem(place: int, char: str) -> str:
    if char in LOOKALIKES:
        return (
            f"社会统一信用代码不用字母 I、O、S、V、Z，第{place}位的 {char} 可能是 {LOOKALIKES[char]}，请核对"
        )
    return f"社会统一信用代码只含数字和大写字母，第{place}位不是，请核对"


def normalise_phone(text: str) -> str:
    """Return a telephone number as it is stored: ``13800000000``, ``023-68880000`` or ``023-68880000-801``.

    A text that is no telephone number comes back without spaces and hyphens.
    """
    number = re.sub(r"-+", "-", EXTENSION_WORD.sub("-", re.sub(r"[()]", "-", _ascii(text)))).strip("-")
    joined = number.replace("-", "")
    mobile = DIALLED_MOBILE.fullmatch(joined)
    return _landline(number) or (mobile[1] if mobile else _landline(joined) or joined)


def _landline(number: str) -> str | None:
    match = LANDLINE.fullmatch(FROM_ABROAD.sub("0", number, count=1))
    if not match:
        return None
    short_area, long_area, local, extension = match.groups()
    return "-".join(filter(None, (short_area or long_area, local.replace("-", ""), extension)))


def mobile_problem(text: str) -> str | None:
    """Say what is wrong with a mainland mobile number (11 digits, 13… to 19…), or None."""
    number = normalise_phone(text)
    if MOBILE.fullmatch(number):
        return None
    if LANDLINE.fullmatch(number):
        return "这是座机号，请填写11位手机号"
    if not re.fullmatch(r"[0-9]+", number):
        return "手机号应为11位数字，请去掉其他字符"
    if len(number) != 11:
        return f"手机号应为11位数字，现在是{len(number)}位，请核对"
    return "手机号应以13至19开头，请核对前两位"


def phone_problem(text: str) -> str | None:
    """Say what is wrong with a mobile number or a landline with area code, or None."""
    number = normalise_phone(text)
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return None
    if LANDLINE_WITHOUT_AREA.fullmatch(number):
        return f"座机号要带区号，如 023-{number}"
    if number.startswith("1"):
        return mobile_problem(number)
    if re.fullmatch(r"0[2-9][0-9-]+|010[0-9-]*", number):
        return "座机号位数不对，应为区号加7或8位号码，重庆是 023 加8位，如 023-68880000，请核对"
    return "电话应为11位手机号，或带区号的座机号，如 023-68880000，有分机的写成 023-68880000-801"


def password_problem(text: str, own: Iterable[str] = ()) -> str | None:
    """Say why a new password is refused, or None.

    :param own: the user's own mobile, ID number, name, …: what a guesser tries first
    """
    shortest, longest = PASSWORD_LENGTHS
    if len(text) < shortest:
        return f"密码至少{shortest}位，现在是{len(text)}位，请加长"
    if len(text) > longest:
        return f"密码最多{longest}位，现在是{len(text)}位，请缩短"
    if not re.search(r"[A-Za-z]", text):
        return "密码要同时有字母和数字，请加上字母"
    if not re.search(r"[0-9]", text):
        return "密码要同时有字母和数字，请加上数字"
    folded = text.casefold()
    if folded in _common_passwords():
        return "这个密码太常见，容易被猜中，请换一个不常见的"
    if any(piece in folded for value in own for piece in _own_pieces(value)):
        return "密码不能包含本人的姓名、手机号或身份证号后几位，请换成与本人信息无关的"
    return None


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(COMMON_PASSWORDS.read_text(encoding="utf-8").split())


def _own_pieces(value: str) -> list[str]:
    """The parts of one's own data that are typed as a password, long enough not to match by chance."""
    word = _ascii(value).casefold()
    if re.fullmatch(r"[0-9]{17}[0-9x]", word):
        return [word[-6:], word[6:14]]
    if MOBILE.fullmatch(word):
        return [word[-8:]]
    shortest = SHORTEST_OWN_ASCII if word.isascii() else SHORTEST_OWN_WORD
    return [word] if len(word) >= shortest else []


def mask_id_number(number: str) -> str:
    """Return an ID number for lists: ``5001********1234``; anything shorter shows nothing."""
    if len(number) < ID_NUMBER_LENGTH:
        return "*" * len(number)
    return f"{number[:4]}********{number[-4:]}"


def mask_phone(number: str) -> str:
    """Return a telephone number for lists: ``138****5678``, ``023-****1234``, without any extension."""
    if MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    landline = LANDLINE.fullmatch(number)
    if landline:
        return f"{landline[1] or landline[2]}-****{landline[3][-4:]}"
    return "*" * len(number)

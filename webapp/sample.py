"""Generated numbers for the demo and the tests: valid in form, and nobody's.

They carry prefixes that were never given out (regions 500160–500199, mobiles 160…), so that no sample
can be a living person's number. Equal seeds give equal numbers; a caller that needs them unique draws again.
"""

from datetime import date, timedelta
from random import Random
from typing import Literal

from stdnum.cn import ric, uscc

from webapp.numbers import CREDIT_CODE_ALPHABET

FREE_REGIONS = range(500160, 500200)
FREE_MOBILES = ("160", "161", "163", "164", "168", "169")
FIRST_BIRTH = date(1960, 1, 1)
LAST_BIRTH = date(2004, 12, 31)
# 12 public institution, 52 private non-enterprise unit, 91 company, 92 sole proprietor.
CREDIT_CODE_KINDS = ("12", "52", "91", "92")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def sample_id_number(rng: Random, birth: date | None = None, sex: Literal["男", "女"] | None = None) -> str:
    """Return a valid ID number of nobody.

    :param birth: day of birth; a working-age one is drawn when left out
    :param sex: decides the 17th digit, odd for 男; drawn when left out
    """
    born = birth or FIRST_BIRTH + timedelta(days=rng.randrange((LAST_BIRTH - FIRST_BIRTH).days + 1))
    odd = rng.randrange(2) if sex is None else int(sex == "男")
    serial = 2 * rng.randrange(1, 500) + odd
    head = f"{rng.choice(FREE_REGIONS)}{born:%Y%m%d}{serial:03d}"
    return head + ric.calc_check_digit(f"{head}0")


def sample_credit_code(rng: Random) -> str:
    """Return a valid unified social credit code of a made-up medical institution."""
    organisation = "".join(rng.choices(CREDIT_CODE_ALPHABET, k=len(ORGANISATION_WEIGHTS)))
    head = f"{rng.choice(CREDIT_CODE_KINDS)}{rng.choice(FREE_REGIONS)}{organisation}"
    head += _organisation_check(organisation)
    return head + uscc.calc_check_digit(head)


def _organisation_check(organisation: str) -> str:
    """The check character of an organisation code (GB 11714-1997), whose letters count A=10 … Z=35."""
    total = sum(
        int(char, 36) * weight for char, weight in zip(organisation, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def sample_mobile(rng: Random) -> str:
    """Return a well-formed mobile number that no operator has given out."""
    return f"{rng.choice(FREE_MOBILES)}{rng.randrange(10**8):08d}"

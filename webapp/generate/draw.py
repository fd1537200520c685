"""Random draws that a seed repeats: identifiers, moments, names."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Literal
from uuid import UUID

from webapp.formats import LOCAL

# 示, 例, 样, 拟 in the middle of each name: made up, and seen to be.
MARKS = "示例样拟"
SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤冉"
)
MEN = "伟强磊军洋勇杰涛明超刚平辉鹏华飞斌波宇浩凯健俊帆博文晨峰龙建国志成川江山岩松林海天宁安远东森"
WOMEN = "芳娜敏静秀丽娟艳霞燕玲婷雪梅莉兰凤洁琳云莲真环荣爱妹香月莺媛瑞佳嘉琼桂娣叶璧璐娅琦晶妍"
WORDS = (
    "康",
    "安",
    "宁",
    "和",
    "仁",
    "济",
    "惠",
    "德",
    "善",
    "福",
    "寿",
    "春",
    "泰",
    "恒",
    "瑞",
    "益",
    "民",
    "同",
)
STREETS = ("样例路", "样例街", "样例大道", "示范巷", "示范支路", "拟建大道")
DISTRICT_ENDING = re.compile(r"(土家族|苗族)*(自治县|新区|区|县)$")

YEARS = 4
SPAN = timedelta(days=365 * YEARS)
OPENS, CLOSES = time(8), time(18)
# Most is handed in on working days, and in the last days of a quarter.
WEEKEND, HURRY, HURRY_DAYS = 0.1, 4.0, 10


class Draw(Random):
    """One stream of random draws; streams of other names go on undisturbed when this one changes."""

    @classmethod
    def stream(cls, seed: int, name: str) -> "Draw":
        """Return the stream of a name within a seed."""
        return cls(f"{seed}:{name}")

    def uuid7(self, at: datetime) -> UUID:
        """Return an identifier (RFC 9562, version 7) that was made at a moment."""
        drawn = self.getrandbits(74)
        high, low = drawn >> 62, drawn & ((1 << 62) - 1)
        return UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)

    def chance(self, share: float) -> bool:
        """Return True as often as the share says."""
        return self.random() < share

    def moment(self, day: date) -> datetime:
        """Return a moment in the working hours of a day."""
        opens = datetime.combine(day, OPENS, LOCAL).astimezone(UTC)
        return opens + timedelta(seconds=self.randrange((CLOSES.hour - OPENS.hour) * 3600))

    def person_name(self, gender: Literal["男", "女"]) -> str:
        """Return a name of nobody."""
        return self.choice(SURNAMES) + self.choice(MARKS) + self.choice(MEN if gender == "男" else WOMEN)

    def institution_name(self, district: str, kind: str) -> str:
        """Return the name of a made-up institution of a district, such as 沙坪坝示康安诊所."""
        place = DISTRICT_ENDING.sub("", district)
        return f"{place}{self.choice(MARKS)}{self.choice(WORDS)}{self.choice(WORDS)}{kind}"

    def address(self, district: str) -> str:
        """Return an address that is nowhere."""
        return f"{district}{self.choice(STREETS)} {self.randrange(1, 400)} 号"


def first_day(last: date) -> date:
    """Return the first day of the years that end with a day."""
    return last - SPAN + timedelta(days=1)


def moments(number: int, last: date, draw: Draw) -> Iterator[tuple[date, datetime]]:
    """Yield so many moments with their days, in the order of time, over the years up to the last day."""
    days = [last - timedelta(days=ago) for ago in reversed(range(SPAN.days))]
    sums = list(accumulate(map(_busyness, days)))
    done = 0
    for day, upto in zip(days, sums, strict=True):
        due = round(number * upto / sums[-1])
        for moment in sorted(draw.moment(day) for _ in range(due - done)):
            yield day, moment
        done = due


def _busyness(day: date) -> float:
    share = WEEKEND if day.weekday() >= 5 else 1.0
    ends_quarter = (day + timedelta(days=HURRY_DAYS)).month in (1, 4, 7, 10) and day.month % 3 == 0
    return share * HURRY if ends_quarter else share

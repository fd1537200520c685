"""Jinja filters: how dates and numbers are written on screen."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from webapp.numbers import mask_id_number, mask_phone

LOCAL = ZoneInfo("Asia/Shanghai")


def local_date(moment: datetime) -> date:
    """Return the calendar day of a moment in Chongqing."""
    return moment.astimezone(LOCAL).date()


def day(value: date | datetime | None) -> str:
    """Write a day as 2026-09-27; nothing for None."""
    if value is None:
        return ""
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()


def minute(value: datetime | None) -> str:
    """Write a moment to the minute in Chongqing's time; nothing for None."""
    return "" if value is None else f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def second(value: datetime) -> str:
    """Write a moment to the second in Chongqing's time."""
    return f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"


def init_app(app: Flask) -> None:
    """Register the filters."""
    for filter_ in (day, minute, second, mask_id_number, mask_phone):
        app.add_template_filter(filter_)

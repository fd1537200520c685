"""The blueprint of these pages, and their side bar."""

from flask import Blueprint

from webapp.access import administers_system
from webapp.frame import Entry, side_bar

bp = Blueprint("admin", __name__, url_prefix="/admin")


@side_bar(administers_system)
def side() -> list[Entry]:
    """A system administrator's entries of the side bar."""
    return [
        Entry("概览", "admin.overview"),
        Entry("账号管理", "admin.accounts"),
        Entry("清单与规则", "admin.checklists"),
        Entry("系统设置", "admin.settings"),
    ]

"""The blueprint of the auditor's pages, and their side bar."""

from flask import Blueprint

from webapp.access import audits
from webapp.frame import Entry, side_bar

bp = Blueprint("audit", __name__, url_prefix="/audit")


@side_bar(audits)
def side() -> list[Entry]:
    """An auditor's entries of the side bar."""
    return [
        Entry("审计日志", "audit.index"),
        Entry("完整性校验", "audit.proof"),
        Entry("我的导出", "jobs.index"),
    ]

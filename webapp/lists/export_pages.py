"""导出 Excel of a list: the question what for, and the start; each room has its own addresses for them."""

from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, ValidationError

from webapp.database import uuid7
from webapp.fragments import go_to
from webapp.jobs.models import Busy, Job
from webapp.lists.exports import KIND, Wanted
from webapp.lists.reasons import ReasonField

NUMBERS = {"masked": "隐藏中间几位", "full": "完整号码"}
# More rows than this are not counted before the export.
MOST_COUNTED = 10_000


class ExportForm(FlaskForm):
    """Whether numbers are taken away in full, and then what for."""

    uuid = HiddenField()
    numbers = RadioField(
        "证件号码和电话",
        choices=NUMBERS,
        default="masked",
        validate_choice=False,
    )
    reason = ReasonField()

    def __init__(self, wanted: Wanted, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not wanted.masks_numbers:
            del self.numbers, self.reason

    def validate_uuid(self, field: HiddenField) -> None:
        """Take the identifier that the page gave the form."""
        try:
            UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("页面已过期，请返回列表重新导出") from error

    def validate_numbers(self, field: RadioField) -> None:
        """Ask for a choice."""
        if field.data not in NUMBERS:
            raise ValidationError("请选择证件号码和电话的写法")

    def validate_reason(self, field: ReasonField) -> None:
        """Ask what full numbers are for."""
        field.check(needed=self.full)

    @property
    def full(self) -> bool:
        """Whether numbers are wanted in full."""
        return "numbers" in self and self.numbers.data == "full"

    @property
    def why(self) -> str:
        """What the numbers are for; nothing where they stay masked."""
        return self.reason.data or "" if self.full else ""


def question(wanted: Wanted) -> AnyResponse:
    """Answer with the page that says what will be in the file and asks about numbers.

    It posts to its own address with ``/start`` behind it.
    """
    if not wanted.is_valid:
        return go_to(wanted.back)
    return _page(wanted, ExportForm(wanted, formdata=None, uuid=str(uuid7())))


def start(wanted: Wanted) -> AnyResponse:
    """Ask for the job as the form says, and lead to its page; each user has one at a time."""
    if not wanted.is_valid:
        return go_to(wanted.back)
    form = ExportForm(wanted)
    if not form.validate():
        return _page(wanted, form)
    order = {**wanted.as_order(), "full": form.full, "reason": form.why}
    detail = wanted.as_detail(form.full, form.why)
    title, uuid = f"导出{wanted.offer.title}", UUID(form.uuid.data)
    try:
        job = Job.ask(KIND, title, order, uuid, by=current_user, **detail)
    except Busy as busy:
        flash("上一次导出还没有完成，这一次没有开始。请等它完成，或者先取消它。", "error")
        job = busy.job
    return go_to(url_for("jobs.show", job_uuid=job.uuid))


def _page(wanted: Wanted, form: ExportForm) -> AnyResponse:
    page = render_template(
        "lists/export.html",
        wanted=wanted,
        form=form,
        count=wanted.count(MOST_COUNTED + 1),
        most=MOST_COUNTED,
        start=f"{request.path.removesuffix('/start')}/start",
    )
    return make_response(page, 422 if form.errors else 200)

"""Forms of the reviewers' desktop."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField, ValidationError

from webapp.institutions.models import Status

REASON_LENGTH = 500
RESULTS = {Status.APPROVED.value: "通过", Status.RETURNED.value: "退回"}


class DecisionForm(FlaskForm):
    """审核意见: 通过, or 退回 with its reason (manual 2.1.2)."""

    result = RadioField("审核结果", choices=RESULTS, validate_choice=False)
    reason = TextAreaField("退回原因", filters=[lambda text: (text or "").strip()])

    def validate_result(self, field: RadioField) -> None:
        """Ask for a choice."""
        if field.data not in RESULTS:
            raise ValidationError("请选择通过或退回")

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for a reason where something is returned; the applicant reads it."""
        if self.result.data == Status.RETURNED and not field.data:
            raise ValidationError("退回时必须填写退回原因，请写明需要更正的内容")
        length = len(field.data or "")
        if length > REASON_LENGTH:
            raise ValidationError(f"最多 {REASON_LENGTH} 个字，现在是 {length} 个，请缩短")

    @property
    def approves(self) -> bool:
        """Whether the answer is 通过."""
        return bool(self.result.data == Status.APPROVED)

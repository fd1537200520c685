"""What full numbers are taken away for: asked wherever a file can hold them, and recorded with it."""

from typing import Any

from wtforms import TextAreaField, ValidationError

SHORTEST_REASON, LONGEST_REASON = 5, 200


class ReasonField(TextAreaField):
    """用途, without the blanks around it."""

    def __init__(self, label: str = "用途", **kwargs: Any) -> None:
        super().__init__(label, filters=[lambda text: (text or "").strip()], **kwargs)

    def check(self, *, needed: bool) -> None:
        """Refuse a reason that is too long, or too short where one is needed.

        :raises ValidationError: with a message for the user
        """
        length = len(self.data or "")
        if needed and length < SHORTEST_REASON:
            raise ValidationError(f"导出完整号码要写明用途，至少 {SHORTEST_REASON} 个字")
        if length > LONGEST_REASON:
            raise ValidationError(f"最多 {LONGEST_REASON} 个字，现在是 {length} 个，请缩短")

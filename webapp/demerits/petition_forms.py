"""Forms of 撤销申请 and 陈述申辩."""

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, ValidationError

from webapp.attachments.forms import PhotosField
from webapp.database import uuid7
from webapp.demerits.petitions import PetitionKind

LONGEST = 1000
SHORTEST = 5


class PetitionForm(FlaskForm):
    """What is wrong with an entry, and what shows it."""

    reason = TextAreaField("撤销理由", filters=[lambda text: (text or "").strip()])
    photos = PhotosField("证明材料", required=False, description="照片不是必传；拍照或从相册选择。")
    # Made by the page, so that sending it twice makes one petition.
    uuid = HiddenField()

    def __init__(self, kind: PetitionKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kind == PetitionKind.OBJECTION:
            self.reason.label.text = "申辩内容"
        self.reason.flags.required = True
        try:
            self.identifier = UUID(self.uuid.data or "")
        except ValueError:
            self.identifier = uuid7()
        self.uuid.data = str(self.identifier)

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for a sentence; the reviewer decides by it."""
        length = len(field.data or "")
        if length < SHORTEST:
            raise ValidationError(f"请写明情况，至少 {SHORTEST} 个字")
        if length > LONGEST:
            raise ValidationError(f"最多 {LONGEST} 个字，现在是 {length} 个，请缩短")

"""The form of 不良记分录入 (manual 1.4.2)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField
from wtforms.validators import InputRequired, ValidationError

from webapp.attachments.forms import PhotosField
from webapp.attachments.models import Attachment
from webapp.catalog import DemeritRules
from webapp.database import db, now, uuid7
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import taken_off
from webapp.demerits.points import Tally, tally
from webapp.fields import CodesField, DayField, Required
from webapp.formats import local_date
from webapp.institutions.models import Institution


class EntryForm(FlaskForm):
    """What a person did, when, and what shows it."""

    conduct_on = DayField(
        "行为发生日期", [InputRequired("请填写行为发生日期")], default=lambda: local_date(now())
    )
    items = CodesField("扣分项目", [Required()])
    photos = PhotosField("相关材料", required=False, description="照片不是必传；拍照或从相册选择。")
    # Asked only when the same was entered before, as from a second tab.
    again = BooleanField("这是另一次行为，再记一次")
    # Made by the page, so that sending it twice makes one entry.
    uuid = HiddenField()
    twin: Demerit | None = None

    def __init__(self, rules: DemeritRules, person: MedicalPerson, own: Demerit | None = None) -> None:
        """:param own: the draft that is changed; none for a new entry"""
        kept = {"conduct_on": own.conduct_on, "items": own.items, "photos": own.attachments} if own else {}
        super().__init__(data=kept)
        self.rules = rules
        self.person = person
        self.items.choices = {code: item.text for code, item in rules.items.items()}
        try:
            self.identifier = own.uuid if own else UUID(self.uuid.data or "")
        except ValueError:
            self.identifier = uuid7()
        self.uuid.data = str(self.identifier)

    def validate_conduct_on(self, field: Field) -> None:
        """Refuse a day that is still to come."""
        if field.data and field.data > local_date(now()):
            raise ValidationError("行为发生日期不能晚于今天，请重新选择")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then ask back when an item was recorded for the same day before."""
        if not super().validate(extra_validators):
            return False
        # An institution's entries come one after the other: of two tabs the second sees the first. Not before
        # now: taking in photos ends the transaction, and a lock with it.
        db.session.get_one(Institution, current_user.institution_id, with_for_update=True)
        before = Demerit.same_conduct(current_user, self.person, self.values[0])
        others = db.session.scalars(before.where(Demerit.uuid != self.identifier)).all()
        off, items = taken_off(others), frozenset(self.items.data or ())
        counted = (twin for twin in others if twin.points > off[twin.id])
        self.twin = next((twin for twin in counted if items.intersection(twin.items)), None)
        if self.twin and not self.again.data:
            self.again.errors = ["这一天的同一扣分项目已经记过，请核对；确实是另一次行为时请勾选"]
            return False
        return True

    @property
    def values(self) -> tuple[date, list[str], list[Attachment]]:
        """Day, items and photos of a form that was found right."""
        assert self.conduct_on.data is not None
        return self.conduct_on.data, self.items.data or [], self.photos.data

    @property
    def tally(self) -> Tally:
        """The articles with what is ticked on this page."""
        return tally(self.rules, frozenset(self.items.data or ()))

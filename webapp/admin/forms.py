"""Forms of the accounts of reviewers, auditors and system administrators."""

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField

from webapp.accounts.masked import Difference, MaskedNumbers, Untouched
from webapp.accounts.models import ID_NUMBER, Kind, User
from webapp.accounts.officials import Facts
from webapp.catalog import catalog
from webapp.crypto import blind_index
from webapp.database import db
from webapp.fields import ChoiceField, IdNumber, Mobile, Required, TextLine
from webapp.words import PersonName

KINDS = {Kind.REVIEWER.value: "监督员", Kind.SYSTEM.value: "系统管理员", Kind.AUDITOR.value: "审计员"}
CITY = "city"
CITY_TITLE = "市级（全市）"


def district_title(district: str | None) -> str:
    """What a reviewer answers for, in words."""
    return catalog().reference.region(district).name if district else CITY_TITLE


class OfficialForm(MaskedNumbers, FlaskForm):
    """One account. Numbers are shown masked; typed anew, they are changed. Its kind is chosen once."""

    kind = ChoiceField("角色", [Required()], options=KINDS.items)
    district = ChoiceField("负责地区", options=lambda: _districts())
    name = TextLine("姓名", [Required(), PersonName()], max_length=50)
    mobile = TextLine(
        "手机号", [Required(), Untouched(), Mobile()], render_kw={"type": "tel", "autocomplete": "off"}
    )
    id_number = TextLine(
        "身份证号",
        [Required(), Untouched(), IdNumber()],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    # Which state of the account the page showed.
    version = HiddenField()

    def __init__(self, own: User | None = None) -> None:
        """:param own: the account that is changed; none when one is added"""
        self.own = own
        super().__init__(data=self._shown() if own else None)
        if own:
            del self.kind
        if own and own.kind != Kind.REVIEWER:
            del self.district

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then what only the database and the other fields can tell."""
        super().validate(extra_validators)
        if self.reviews and not self.district.data and not self.district.errors:
            self.district.errors = ["请选择负责地区，负责全市的选“市级”"]
        self.refuse_taken()
        return not self.errors

    @property
    def chosen_kind(self) -> Kind | None:
        """What the account is or will be, once that is known."""
        if self.own:
            return self.own.kind
        return Kind(self.kind.data) if self.kind.data in KINDS else None

    @property
    def reviews(self) -> bool:
        """Whether it is a reviewer's account."""
        return self.chosen_kind == Kind.REVIEWER

    def refuse_taken(self) -> bool:
        """Say beside each number that somebody else has it; tell whether there is one."""
        taken = False
        if not self.mobile.errors and self._others(User.with_mobile(self.value_of("mobile"))):
            self.mobile.errors, taken = ["这个手机号已经用于另一个账号，请核对，或换一个"], True
        same = blind_index(self.value_of("id_number"), ID_NUMBER)
        officials = select(User).where(User.kind != Kind.MEMBER, User.id_number_index == same)
        if not self.id_number.errors and self._others(officials):
            self.id_number.errors, taken = ["这个身份证号已有一个系统账号，一个人只能有一个"], True
        return taken

    def _others(self, holders: Any) -> bool:
        own = self.own.id if self.own else 0
        return db.session.scalar(holders.with_only_columns(User.id).where(User.id != own)) is not None

    @property
    def facts(self) -> Facts:
        """What the form says of the account."""
        district = self.district.data if self.reviews and self.district else CITY
        return {
            "name": str(self.name.data),
            "id_number": self.value_of("id_number"),
            "mobile": self.value_of("mobile"),
            "district": None if district == CITY else district,
        }

    def differences(self, own: User) -> list[Difference]:
        """What the account says now and what was typed, field by field, where they differ."""
        facts = self.facts
        pairs = [Difference("姓名", own.name, facts["name"])]
        if self.reviews:
            pairs.append(
                Difference("负责地区", district_title(own.district), district_title(facts["district"]))
            )
        return [pair for pair in pairs if pair.kept != pair.typed] + self.changed_numbers()

    def _shown(self) -> dict[str, Any]:
        assert self.own is not None
        numbers = {name: self.masked(name) for name in self.MASKS}
        version = str(self.own.version)
        return numbers | {"name": self.own.name, "district": self.own.district or CITY, "version": version}


def _districts() -> Iterator[tuple[str, str]]:
    yield CITY, CITY_TITLE
    yield from ((region.code, region.name) for region in catalog().reference.regions_on())

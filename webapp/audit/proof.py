"""完整性校验: whether the log is as it was written, step by step, and against what was noted down before."""

import re
from typing import NamedTuple

from flask import Response, make_response, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form, IntegerField, TextAreaField, ValidationError
from wtforms.validators import NumberRange

from webapp.access import allow, audits
from webapp.audit.models import CHAINS
from webapp.audit.room import bp
from webapp.audit.verification import End, check, digest_at, ends, fault_at
from webapp.audit.wording import fault_said
from webapp.chain import Fault
from webapp.fragments import page_or_fragment

# So many entries are read for one answer; more of them take several, so that none takes long.
STEP = 20_000
FAR = 2**62
LINE = re.compile(r"(\d{1,2})-(\d{1,18}) ([0-9a-f]{64})")


class Reached(Form):
    """How far the check has come, as the address of the next step says."""

    chain = IntegerField(default=0, validators=[NumberRange(0, CHAINS)])
    after = IntegerField(default=0, validators=[NumberRange(0, FAR)])
    checked = IntegerField(default=0, validators=[NumberRange(0, FAR)])


class Step(NamedTuple):
    """Where a step of the check has arrived."""

    chain: int = 0
    after: int = 0
    checked: int = 0
    fault: Fault | None = None

    @property
    def is_last(self) -> bool:
        """Whether there is nothing more to check."""
        return self.fault is not None or self.chain == CHAINS

    def next(self) -> "Step":
        """Check on from here, through the chains that follow, as far as one step goes."""
        (chain, after, checked, _), left = self, STEP
        while chain < CHAINS:
            end = End.of(chain)
            stretch = check(chain, after, left)
            read = stretch.number - after
            checked, left = checked + read, left - read
            # Where the step ends the chain may go on: its end is looked at when the next step finds it.
            fault = stretch.fault or (fault_at(chain, end, stretch) if left > 0 else None)
            if fault or left == 0:
                return Step(chain, stretch.number, checked, fault)
            chain, after = chain + 1, 0
        return Step(chain, 0, checked)


class EndsForm(FlaskForm):
    """The ends of the chains as they were noted down, one a line."""

    noted = TextAreaField("链尾清单", filters=[lambda text: (text or "").strip()])

    def validate_noted(self, field: TextAreaField) -> None:
        """Take lines as this page writes them."""
        if not field.data:
            raise ValidationError("请粘贴以前保存的链尾清单")
        for number, line in enumerate(field.data.splitlines(), start=1):
            if not LINE.fullmatch(line.strip()):
                raise ValidationError(f"第 {number} 行不是链尾，应为编号、一个空格和 64 位校验码")

    @property
    def strays(self) -> list[str]:
        """The places of the noted entries that the log does not have as they were noted."""
        lines = (LINE.fullmatch(line.strip()) for line in (self.noted.data or "").splitlines())
        noted = [(int(line[1]), int(line[2]), line[3]) for line in lines if line]
        return [f"{chain}-{n}" for chain, n, digest in noted if digest_at(chain, n) != digest]


@bp.get("/proof")
@allow(audits)
def proof() -> Response:
    """完整性校验; a long log is checked in several steps, of which each asks for the next."""
    form = Reached(request.args)
    reached = Step(**form.data) if form.validate() else Step()
    step, tips = reached.next(), ends()
    return page_or_fragment(
        "audit/proof.html",
        "audit/_step.html",
        step=step,
        flaw=step.fault and fault_said(step.fault),
        total=sum(end.number for end in tips.values()),
        form=EndsForm(formdata=None, noted=_written(tips)),
    )


def _written(tips: dict[int, End]) -> str:
    return "\n".join(f"{chain}-{end.number} {end.digest}" for chain, end in tips.items() if end.number)


@bp.post("/proof/ends")
@allow(audits)
def compare_ends() -> AnyResponse:
    """核对 the log with ends of its chains that were noted down before; it writes nothing."""
    form = EndsForm()
    valid = form.validate()
    page = render_template("audit/ends.html", form=form, strays=form.strays if valid else None)
    return make_response(page, 200 if valid else 422)

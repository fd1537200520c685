"""What an inspection says, read from a draft's answers or from the frozen record."""

from tests import factories
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.inspections.answers import Answer, Value
from webapp.inspections.content import Content, content_of
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit


def answered(inspector: User, failing: int = 1) -> Inspection:
    """A draft with every item answered, the first ones with 否."""
    inspection: Inspection = factories.InspectionFactory(inspector=inspector)
    for place, item in enumerate(inspection.items):
        value = Value.NO if place < failing else Value.YES
        db.session.add(
            Answer(
                inspection_id=inspection.id,
                institution_id=inspection.institution_id,
                item=item.code,
                chapter=item.subcategory,
                value=value,
            )
        )
    inspection.answered, inspection.failed = inspection.total, failing
    db.session.commit()
    return inspection


def listed(content: Content) -> list[str]:
    return [item.item.code for _, groups, _ in content.chapters for _, items in groups for item in items]


def test_a_draft_speaks_from_its_answers(inspector: User) -> None:
    content = content_of(answered(inspector, failing=2))
    assert content.totals.no == 2
    assert content.totals.yes == content.totals.total - 2


def test_an_empty_draft_lists_every_item_as_unanswered(inspector: User) -> None:
    inspection = factories.InspectionFactory(inspector=inspector)
    content = content_of(inspection)
    assert listed(content) == [item.code for item in inspection.items]
    assert content.totals.unanswered == inspection.total


def test_a_submitted_one_says_what_its_draft_said(inspector: User) -> None:
    inspection = answered(inspector)
    before = content_of(inspection)
    submit(inspection, by=inspector)
    assert content_of(inspection) == before


def test_remarks_stand_beside_their_item_and_below_the_whole(inspector: User) -> None:
    inspection = answered(inspector)
    first = inspection.items[0].code
    for item, text in ((first, "换证中"), ("", "整体说明")):
        apply(inspection, Change(op=uuid7(), kind=OperationKind.REMARK, item=item, value=text), by=inspector)
    content = content_of(inspection)
    assert content.chapters[0].groups[0].items[0].remark == "换证中"
    assert content.remark == "整体说明"


def test_photos_stand_beside_their_item(inspector: User) -> None:
    inspection = answered(inspector)
    photo = factories.AttachmentFactory(uploader=inspector)
    change = Change(
        op=uuid7(), kind=OperationKind.PHOTO, item=inspection.items[0].code, value=str(photo.uuid)
    )
    apply(inspection, change, by=inspector)
    (shown,) = content_of(inspection).chapters[0].groups[0].items[0].photos
    assert str(photo.uuid) in shown.full


def test_only_lists_what_has_the_answer_and_still_counts_all(inspector: User) -> None:
    inspection = answered(inspector, failing=1)
    content = content_of(inspection, only="no")
    assert listed(content) == [inspection.items[0].code]
    assert content.totals.total == inspection.total


def test_an_unknown_answer_filters_nothing(inspector: User) -> None:
    inspection = answered(inspector)
    assert content_of(inspection, only="maybe") == content_of(inspection)

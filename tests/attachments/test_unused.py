"""Photos that nothing holds any more are deleted; all others stay."""

from datetime import timedelta

import pytest
from flask import Flask

from tests import factories
from tests.demo import demo_app
from webapp.accounts.models import User
from webapp.attachments.models import Attachment, storage
from webapp.database import db, now
from webapp.inspections.answers import InspectionPhoto
from webapp.inspections.discarded import discard
from webapp.inspections.models import Inspection


def age(*photos: Attachment, days: int = 31) -> None:
    for photo in photos:
        photo.created_at = now() - timedelta(days=days)
    db.session.commit()


def left() -> set[str]:
    return set(map(str, db.session.scalars(db.select(Attachment.uuid))))


@pytest.fixture
def draft(inspector: User) -> Inspection:
    """A draft with a photo."""
    draft: Inspection = factories.InspectionFactory(inspector=inspector)
    photo = factories.AttachmentFactory(uploader=inspector)
    draft.photos.append(InspectionPhoto(institution_id=draft.institution_id, attachment=photo))
    age(photo)
    return draft


def test_a_photo_of_nothing_goes_with_its_bytes(app: Flask, inspector: User) -> None:
    photo = factories.AttachmentFactory(uploader=inspector)
    age(photo)
    result = app.test_cli_runner().invoke(args=["attachments", "sweep"])
    assert "1 photos that nothing holds deleted.\n" in result.output
    assert left() == set()
    assert not any(storage().exists(key) for key in Attachment.keys_of(photo.uuid))


def test_one_that_came_lately_stays(inspector: User) -> None:
    photo = factories.AttachmentFactory(uploader=inspector)
    age(photo, days=29)
    assert Attachment.sweep_unused() == 0 and left() == {str(photo.uuid)}


def test_a_drafts_photo_stays_until_the_draft_is_deleted(draft: Inspection, inspector: User) -> None:
    assert Attachment.sweep_unused() == 0
    discard(draft, by=inspector)
    assert Attachment.sweep_unused() == 1


def test_nothing_that_was_handed_in_goes(inspector: User) -> None:
    photo = factories.AttachmentFactory(uploader=inspector)
    photo.belong_to(inspector.institution_id, "500106")
    photo.release()
    age(photo)
    assert Attachment.sweep_unused() == 0


def test_every_photo_of_the_demo_is_held(tmp_path) -> None:
    demo = demo_app(tmp_path)
    with demo.app_context():
        photos = db.session.scalars(db.select(Attachment)).all()
        age(*photos)
        assert photos and Attachment.sweep_unused() == 0
        db.session.remove()
        db.engine.dispose()

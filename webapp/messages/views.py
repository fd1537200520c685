"""The inbox (manual 1.5)."""

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.database import db
from webapp.fragments import go_to, page_or_fragment
from webapp.messages.models import Message

bp = Blueprint("messages", __name__)
PAGE = 20


@bp.get("/messages")
@allow(signed_in)
def inbox() -> Response:
    """系统消息, newest first."""
    seen = Message.visible_to(current_user)
    if "after" in request.args:
        seen = seen.where(Message.id < _own(request.args["after"]).id)
    found = db.session.scalars(seen.order_by(Message.id.desc()).limit(PAGE + 1)).all()
    more = url_for(".inbox", after=found[PAGE - 1].uuid) if found[PAGE:] else ""
    return page_or_fragment(
        "messages/inbox.html",
        "messages/_rows.html",
        messages=found[:PAGE],
        more=more,
        newest=found[0].uuid if found and "after" not in request.args else None,
    )


def _own(text: str) -> Message:
    """Return the message of a public identifier; 404 for none of one's own."""
    try:
        uuid = UUID(text)
    except ValueError:
        abort(404)
    found: Message = db.one_or_404(Message.visible_to(current_user).where(Message.uuid == uuid))
    return found


@bp.post("/messages/reading")
@allow(signed_in)
def read_all() -> AnyResponse:
    """全部标为已读: whatever the page knew of; what came in since stays unread."""
    _own(request.form.get("newest", "")).read_up_to()
    return go_to(url_for(".inbox"))


@bp.post("/messages/<uuid:message_uuid>/reading")
@allow(signed_in)
def read(message_uuid: UUID) -> Response:
    """Open a message: it counts as read from now on."""
    message = db.one_or_404(Message.visible_to(current_user).where(Message.uuid == message_uuid))
    message.open()
    return page_or_fragment(
        "messages/message.html", "messages/_opened.html", message=message, opened=message.uuid
    )

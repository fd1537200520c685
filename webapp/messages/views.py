"""The inbox (manual 1.5)."""

from uuid import UUID

from flask import Blueprint, render_template
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.database import db
from webapp.fragments import page_or_fragment
from webapp.messages.models import Message

bp = Blueprint("messages", __name__)
PAGE = 20


@bp.get("/messages")
@allow(signed_in)
def inbox() -> str:
    """系统消息, newest first."""
    newest = Message.visible_to(current_user).order_by(Message.id.desc()).limit(PAGE)
    return render_template("messages/inbox.html", messages=db.session.scalars(newest).all())


@bp.post("/messages/<uuid:message_uuid>/reading")
@allow(signed_in)
def read(message_uuid: UUID) -> AnyResponse:
    """Open a message: it counts as read from now on."""
    message = db.one_or_404(Message.visible_to(current_user).where(Message.uuid == message_uuid))
    message.open()
    return page_or_fragment("messages/message.html", "messages/_message.html", message=message)

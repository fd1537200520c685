"""Filling a draft by operations, as a phone sends them: in batches, or one by one."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from flask import Response, abort, flash, jsonify, make_response, render_template, request
from flask_login import current_user

from webapp.access import allow, inspects
from webapp.accounts.models import User
from webapp.database import db
from webapp.epoch import Epoch
from webapp.fragments import fragment
from webapp.inspections.discarded import DiscardedInspection
from webapp.inspections.intake import receive
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Change, OperationKind, OperationRefused
from webapp.inspections.receipts import Receipt, Unreadable
from webapp.inspections.room import bp
from webapp.inspections.sent import batch_from, change_from

ENDINGS = {
    OperationKind.SUBMIT: "已上报。记录已存档，不能再修改。",
    OperationKind.DELETE: "草稿已删除。",
}


@bp.post("/inspections/<uuid:inspection_uuid>/operations")
@allow(inspects)
def operate_on_many(inspection_uuid: UUID) -> tuple[Response, int]:
    """Apply a batch of operations; each gets the status that it would have got alone."""
    user: User = current_user
    try:
        sender, sent = batch_from(request)
    except OperationRefused as refused:
        _first_or_404(inspection_uuid)
        return jsonify(message=refused.message), refused.status
    if sender != user.uuid:
        return jsonify(message="现在登录的是另一个账号。"), 401
    epoch = Epoch.current() or Epoch.begin()
    receipt = receive(inspection_uuid, sent, by=user) or abort(404)
    html = fragment("inspections/_changed.html", pieces=receipt.pieces)
    _say_what_ended(sent, receipt)
    told = msgspec.json.encode({"epoch": epoch, "results": receipt.results, "html": html})
    return Response(told, content_type="application/json"), 200


def _say_what_ended(sent: Sequence[Change | Unreadable], receipt: Receipt) -> None:
    """The page that the phone opens next tells what became of the draft."""
    for change, result in zip(sent, receipt.results, strict=True):
        if isinstance(change, Change) and result.status == 200 and change.kind in ENDINGS:
            flash(ENDINGS[change.kind], "success")


@bp.put("/inspections/<uuid:inspection_uuid>/operations/<uuid:op>")
@allow(inspects)
def operate(inspection_uuid: UUID, op: UUID) -> Response:
    """Apply one operation and answer with the pieces of the page that it changes."""
    try:
        change = change_from(request, op)
    except OperationRefused as refused:
        _first_or_404(inspection_uuid)
        return _refusal(refused.status, refused.message)
    return _pieces(receive(inspection_uuid, [change], by=current_user, with_progress=True) or abort(404))


def _first_or_404(uuid: UUID) -> None:
    """Whoever has no such inspection learns nothing, not even what was wrong with the request."""
    if db.session.scalar(Inspection.draft_of(current_user, uuid)) is None:
        db.first_or_404(DiscardedInspection.of(current_user, uuid))


def _pieces(receipt: Receipt) -> Response:
    """What an operation changed on the page, with the totals; after a conflict the whole item."""
    [result] = receipt.results
    if result.status != 200 and result.outcome is None:
        return _refusal(result.status, result.message or "")
    page = fragment(
        "inspections/_changed.html",
        pieces=receipt.pieces,
        inspection=receipt.inspection,
        progress=receipt.progress,
    )
    return make_response(page, result.status)


def _refusal(status: int, message: str) -> Response:
    return make_response(render_template("inspections/_refused.html", message=message), status)

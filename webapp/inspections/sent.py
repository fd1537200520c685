"""Operations as phones send them, in JSON; docs/offline.md describes them."""

import json
import unicodedata
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from flask import Request

from webapp.inspections.operations import UNREADABLE, Change, OperationKind, OperationRefused
from webapp.inspections.receipts import Unreadable

BATCH_LIMIT = 50
# The longest submission, of every item with its remark and photos, has a fifth of it.
BODY_LIMIT = 2 * 1024 * 1024
S = TypeVar("S", bound=msgspec.Struct)
# What every database keeps.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class SentOperation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The JSON body of one operation, whose identifier stands in the address."""

    kind: OperationKind
    item: str = ""
    value: str = ""
    base: Count = 0
    device: str = ""
    seq: Count = 0
    at: str = ""


class BatchedOperation(SentOperation, kw_only=True, forbid_unknown_fields=True):
    """An operation of a batch."""

    op: UUID


class SentBatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The JSON body of a batch of a user's operations; each is decoded by itself."""

    user: UUID
    operations: list[Any]


def change_from(request: Request, op: UUID) -> Change:
    """Read a request's one operation.

    :raises OperationRefused: the body is not an operation
    """
    return _change(_read(request, SentOperation), op)


def batch_from(request: Request) -> tuple[UUID, list[Change | Unreadable]]:
    """Read whose operations a request brings, and the operations.

    :raises OperationRefused: 413 there are too many; 422 the body is no batch
    """
    sent = _read(request, SentBatch)
    if len(sent.operations) > BATCH_LIMIT:
        raise OperationRefused(413, f"一次最多上传 {BATCH_LIMIT} 条。")
    if not sent.operations:
        raise OperationRefused(422, UNREADABLE)
    return sent.user, [_operation(each) for each in sent.operations]


def _read(request: Request, shape: type[S]) -> S:
    """Decode a body; the json module lets half characters pass, which must not take a whole batch along."""
    request.max_content_length = BODY_LIMIT
    try:
        return msgspec.convert(json.loads(request.get_data()), shape)
    except (ValueError, RecursionError) as error:
        raise OperationRefused(422, UNREADABLE) from error


def _operation(sent: Any) -> Change | Unreadable:
    try:
        operation = msgspec.convert(sent, BatchedOperation)
    except msgspec.ValidationError:
        op = sent.get("op") if isinstance(sent, dict) else None
        return Unreadable(printable(op) if isinstance(op, str) else "")
    return _change(operation, operation.op)


def _change(sent: SentOperation, op: UUID) -> Change:
    return Change(
        op=op,
        kind=sent.kind,
        item=printable(sent.item)[:20],
        value=printable(sent.value),
        base=sent.base,
        device=printable(sent.device)[:40],
        seq=sent.seq,
        at=printable(sent.at)[:40],
    )


def printable(text: str) -> str:
    """Return a text without the control characters and half characters that no database keeps."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))

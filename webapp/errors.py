"""Pages for what went wrong; a fault carries a reference number that stands in the log too."""

import secrets

import structlog
from flask import Flask, Response, current_app, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from webapp.attachments.storage import StorageUnavailable
from webapp.database import db

log = structlog.get_logger()

EXPLANATIONS = {
    400: ("请求有误", "页面可能已过期。请返回上一页刷新后再试。"),
    403: ("没有权限", "您的角色不能使用这个功能。"),
    404: ("没有找到", "您要找的内容不存在，或者不在您的查看范围内。"),
    405: ("不支持的操作", "请从页面上的按钮进入。"),
    409: ("内容已变化", "这项内容刚刚有了变化。请返回上一页刷新后再试。"),
    413: ("文件太大", "一次上传的内容过大。每张照片最大 20 MB，请减少后重试。"),
    429: ("操作太频繁", "请稍等几分钟后再试。"),
    503: ("系统正忙", "暂时无法处理，请稍后再试。您已保存的内容不会丢失。"),
}
WITHOUT_STORAGE = ("照片和文件暂时打不开", "照片和文件的存储暂时不可用，已保存的不会丢失。请稍后再试。")
# Seconds after which somebody may ask again: a database that restarts is back within a few.
RETRY_AFTER = "5"


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(CSRFError, _expired)
    for error in (OperationalError, InterfaceError, NoFreeConnection):
        app.register_error_handler(error, _busy)
    app.register_error_handler(IntegrityError, _collision)
    app.register_error_handler(StorageUnavailable, _without_storage)
    app.register_error_handler(Exception, _fault)


def _explain(error: HTTPException) -> Response:
    code = error.code or 500
    title, text = EXPLANATIONS.get(code, (error.name, "请返回上一页重试。"))
    response = _page(code, title, text)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _expired(error: CSRFError) -> Response:
    return _page(400, "页面已过期", "页面打开太久，或者登录状态已变化。请返回上一页刷新后重新提交。")


def _busy(error: OperationalError | InterfaceError | NoFreeConnection) -> Response:
    """The database is locked, gone or restarting: what was not committed is not there, the rest is."""
    db.session.rollback()
    return _unavailable("database unavailable", str(getattr(error, "orig", error)), *EXPLANATIONS[503])


def _collision(error: IntegrityError) -> Response:
    """A constraint of the database decided a race that a form could not foresee."""
    db.session.rollback()
    log.warning("collision", path=request.path, error=str(error.orig))
    return _page(409, *EXPLANATIONS[409])


def _without_storage(error: StorageUnavailable) -> Response:
    """Photos and files lie in a store that does not answer; everything else goes on."""
    db.session.rollback()
    return _unavailable("storage unavailable", str(error), *WITHOUT_STORAGE)


def _fault(error: Exception) -> Response:
    db.session.rollback()
    reference = secrets.token_hex(4).upper()
    log.exception("fault", reference=reference, path=request.path, endpoint=request.endpoint)
    return _page(
        500, "系统出错了", "没有保存任何内容。请稍后再试；仍有问题时，请把编号告诉管理员。", reference
    )


def _unavailable(event: str, error: str, title: str, text: str) -> Response:
    reference = secrets.token_hex(4).upper()
    log.error(event, reference=reference, path=request.path, error=error)
    response = _page(503, title, text, reference)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _page(status: int, title: str, text: str, reference: str = "") -> Response:
    """Render past the context processors: they ask for the user, and the database may be what failed."""
    page = current_app.jinja_env.get_template("error.html")
    content = page.render(status=status, title=title, text=text, reference=reference)
    return make_response(content, status)

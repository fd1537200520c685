"""医疗机构依法执业自查与医务人员不良执业记分管理系统."""

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import (
    access,
    accounts,
    admin,
    assets,
    attachments,
    audit,
    backup,
    catalog,
    cli,
    compression,
    crypto,
    demerits,
    errors,
    formats,
    frame,
    generate,
    health,
    home,
    inspections,
    institutions,
    jobs,
    lists,
    messages,
    metrics,
    pwa,
    replica,
    reports,
    supervision,
    verification,
    whole,
)
from webapp.config import ROOT, settings
from webapp.database import db
from webapp.extensions import csrf, limiter, migrate


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the application.

    :param overrides: configuration that takes precedence over the environment (tests)
    :raises webapp.config.MissingKeys: secret keys are absent outside the demo
    """
    instance = Path((overrides or {}).pop("INSTANCE", ROOT / "instance"))
    app = Flask(__name__, instance_path=str(instance))
    app.config.from_mapping(settings(instance, (overrides or {}).pop("ENVIRON", None)))
    app.config.from_mapping(overrides or {})
    instance.mkdir(parents=True, exist_ok=True)
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    # Before everything else, because they are the last to see the answer.
    for last in (whole, metrics, compression):
        last.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    csrf.init_app(app)
    limiter.init_app(app)
    rooms = (
        crypto,
        catalog,
        attachments,
        accounts,
        access,
        replica,
        errors,
        formats,
        frame,
        assets,
        cli,
        verification,
        generate,
        backup,
    )
    for room in rooms:
        room.init_app(app)
    records = (institutions, attachments, inspections, demerits)
    desks = (supervision, admin, audit)
    for feature in (home, accounts, *records, lists, messages, jobs, reports, *desks, pwa):
        feature.register(app)
    for blueprint in (health.bp, metrics.bp):
        app.register_blueprint(blueprint)
    return app

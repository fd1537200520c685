"""Runs the migrations inside the app, on the app's database."""

from typing import Any

from alembic import context
from sqlalchemy import Enum
from sqlalchemy.types import TypeDecorator

from webapp.database import Base, db


def render_item(kind: str, item: Any, _autogen: Any) -> Any:
    """Write our column types and enumerations as the plain types that lie in the database."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("webapp."):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

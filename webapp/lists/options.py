"""A select that writes its options once and keeps them: dozens of districts stand on every list."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup
from wtforms import widgets


class Options:
    """Writes what the usual widget writes."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        pairs = tuple((value, label) for value, label, *_ in field.iter_choices())
        # What was typed into the address is no key to keep things under.
        chosen = field.data if any(value == field.data for value, _ in pairs) else None
        head = widgets.html_params(name=field.name, **{"id": field.id, **kwargs})
        return Markup(f"<select {head}>{_written(pairs, chosen)}</select>")  # noqa: S704 - every part is escaped


@lru_cache(maxsize=1024)
def _written(pairs: tuple[tuple[str, str], ...], chosen: str | None) -> Markup:
    options = Markup('<option {}value="{}">{}</option>')
    return Markup().join(
        options.format("selected " if value == chosen else "", value, label) for value, label in pairs
    )

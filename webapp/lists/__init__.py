"""Lists on the desk: filters, columns, pages cut by key, and what a reader keeps of them."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the addresses at which a reader's choices are kept."""
    from webapp.lists.keeping_views import bp

    app.register_blueprint(bp)

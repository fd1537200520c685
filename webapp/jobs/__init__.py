"""Work outside the request: asked for by a user, done by a process of its own, its file fetched later.

The table of jobs is the queue: a job is asked for in the transaction of its audit entry, so that it is
neither lost nor done unasked, and every process that can reach the database can do it.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens and the command."""
    from webapp.jobs.commands import worker
    from webapp.jobs.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(worker)

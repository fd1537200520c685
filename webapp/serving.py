"""The app as ``make run`` serves it: with somebody in the same process who sees to the jobs.

Where ``wsgi:app`` is served instead, ``flask worker`` does them.
"""

from webapp.jobs.attendant import InlineAttendant
from wsgi import app

__all__ = ["app"]

InlineAttendant(app).start()

"""The application as the WSGI server and the ``flask`` command find it."""

import sys

from dotenv import load_dotenv

from webapp import create_app
from webapp.config import ROOT, MissingKeys

load_dotenv(ROOT / ".env")
try:
    app = create_app()
except MissingKeys as missing:
    sys.exit(str(missing))

"""The application as the WSGI server and the ``flask`` command find it."""

from dotenv import load_dotenv

from webapp import create_app

load_dotenv()
app = create_app()

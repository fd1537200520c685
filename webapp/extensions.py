"""Flask extensions, made once and bound to the app in ``create_app``."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect


def asking_user() -> str:
    """The user who asks, for limits that must not add up behind a clinic's one address."""
    return str(getattr(current_user, "uuid", "")) or get_remote_address()


migrate = Migrate()
csrf = CSRFProtect()
login_manager = LoginManager()
limiter = Limiter(get_remote_address, strategy="moving-window")

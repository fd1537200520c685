"""The blueprint that the screens of inspections share."""

from flask import Blueprint

bp = Blueprint("inspections", __name__)

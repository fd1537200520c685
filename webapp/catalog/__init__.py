"""The checklists, demerit rules and reference data as data: versions, lookups, checks.

`load_catalog` reads checklists/ once when the app starts; `catalog()` is what it found.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from .checklist import Category, Chapter, Checklist, Group, Item, Part, Subcategory
from .commands import checklists
from .demerit_rules import Article, DemeritItem, DemeritRules, Threshold
from .documents import Nature, Region
from .loading import Catalog, load_catalog
from .problems import CatalogError, Problem
from .reference import Reference, TreatmentSubject

__all__ = [
    "Article",
    "Catalog",
    "CatalogError",
    "Category",
    "Chapter",
    "Checklist",
    "DemeritItem",
    "DemeritRules",
    "Group",
    "Item",
    "Nature",
    "Part",
    "Problem",
    "Reference",
    "Region",
    "Subcategory",
    "Threshold",
    "TreatmentSubject",
    "catalog",
    "init_app",
    "load_catalog",
]


def catalog() -> Catalog:
    """The current app's catalog."""
    return cast(Catalog, current_app.extensions["catalog"])


def init_app(app: Flask) -> None:
    """Load the folder app.config["CHECKLISTS"] and add `flask checklists check`.

    Raises CatalogError: an app with mistakes in its checklists does not start.
    """
    app.extensions["catalog"] = load_catalog(app.config["CHECKLISTS"])
    app.cli.add_command(checklists)

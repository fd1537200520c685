"""Figures: how fast the product is beside the floor under it. ``make bench`` runs them all."""

"""Importing people from a workbook: a dry run of the whole, then all of it or nothing.

What the import of staff and of medical persons have in common; each of them says what its columns mean.
"""

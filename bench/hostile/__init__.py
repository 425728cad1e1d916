"""Hostile files, made by number: the same number always gives the same bytes."""

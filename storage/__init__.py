"""Rows: the only rooms that speak SQL."""

"""Writes of the desk: the problem log."""

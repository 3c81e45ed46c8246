"""Reads: calls that came, people who may be planned, rosters."""

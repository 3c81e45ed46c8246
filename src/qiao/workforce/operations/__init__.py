"""Writes: groups and shifts, weeks of rosters, wishes."""

"""Ids of rows."""

from typing import Final

LARGEST_ID: Final = 2**63 - 1
"""What a bigint of PostgreSQL holds: a larger number is nobody's id."""

"""A desk with so many open cases in a database of its own, built once and kept."""

from pathlib import Path

from measuring.databases import build

BUILDER = Path(__file__).with_name("build.py")


def ensure(cases: int) -> str:
    """Build the desk unless it is there; the name of its database."""
    return build(f"cases_{cases}", BUILDER, str(cases))

"""Digits that are read one by one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spelt:
    """Digits that are read one by one, such as those of a meter or of a case."""

    digits: str

"""Switching on step by step: which unit follows when."""

from collections.abc import Sequence
from datetime import date, timedelta


def step_days(first: date, *, units: Sequence[int], apart: int, at_once: int) -> dict[int, date]:
    """The first day of each unit, in the given order: `at_once` units a step, `apart` days apart.

    Raises `ValueError` unless a step has a unit and a day.
    """
    if apart < 1 or at_once < 1:
        raise ValueError("a step has at least a unit and a day")
    return {
        unit: first + timedelta(days=apart * (place // at_once))
        for place, unit in enumerate(dict.fromkeys(units))
    }

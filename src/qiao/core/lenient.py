"""Choices of forms that keep what is not on their list any more.

For drafts: faults are found by checks of the whole and shown at their place.
"""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

Choices = Sequence[tuple[str, Any]]
NOTHING: Final = "—"


class Lenient(forms.ChoiceField):
    """A choice that keeps a value which is not on its list any more: the checks name it."""

    def valid_value(self, value: Any) -> bool:  # noqa: ARG002 - as a field is asked
        return True


class LenientMany(forms.MultipleChoiceField):
    """Several choices, as `Lenient`."""

    def valid_value(self, value: Any) -> bool:  # noqa: ARG002 - as a field is asked
        return True


def select_field(choices: Choices, *, empty: Any = NOTHING, label: Any = None) -> Lenient:
    """One of `choices`, or nothing. Without a `label` whoever holds the field names it."""
    return Lenient(choices=[("", empty), *choices], label=label)


def many_field(choices: Choices) -> LenientMany:
    """Any of `choices`, as boxes."""
    return LenientMany(choices=choices, widget=forms.CheckboxSelectMultiple)

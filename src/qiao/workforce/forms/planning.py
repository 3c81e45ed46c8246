"""A cell of a week, a shift, a wish."""

from collections.abc import Sequence
from datetime import time
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.workforce.operations.groups import NAME_LENGTH

Choices = Sequence[tuple[Any, Any]]
DAY: Final = 1440
LOOSE: Final = "loose"
FREE: Final = ""
MOST_BREAKS: Final = 3


class CellForm(forms.Form):
    """Which shift somebody has on a day."""

    shift = forms.ChoiceField(
        label=pgettext_lazy("roster", "Shift"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, shifts: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["shift"].choices = shifts  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Whose shift goes to whom on a day."""

    day = forms.DateField()
    source = forms.IntegerField(min_value=1)
    target = forms.IntegerField(min_value=1)


class BeginForm(forms.Form):
    """Which week is begun."""

    monday = forms.DateField()


def _clock(label: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, required=required)


class ShiftForm(forms.Form):
    """A shift: from when to when, with up to three breaks."""

    name = forms.CharField(label=pgettext_lazy("roster", "Name"), max_length=NAME_LENGTH)
    begins = _clock(pgettext_lazy("roster", "Begins"))
    ends = _clock(pgettext_lazy("roster", "Ends"))
    break_1 = _clock(_("First break, from"), required=False)
    break_1_end = _clock(_("First break, to"), required=False)
    break_2 = _clock(_("Second break, from"), required=False)
    break_2_end = _clock(_("Second break, to"), required=False)
    break_3 = _clock(_("Third break, from"), required=False)
    break_3_end = _clock(_("Third break, to"), required=False)
    is_night = forms.BooleanField(label=_("A night shift: shared out fairly"), required=False)

    def clean(self) -> dict[str, Any]:
        """Minutes; an end that is not later than the begin lies on the next day."""
        data = super().clean() or {}
        if not data.get("begins") or not data.get("ends"):
            return data
        begins = _minute(data["begins"])
        ends = _after(begins, data["ends"])
        breaks = []
        reached = begins
        for n in range(1, MOST_BREAKS + 1):
            start, end = data.get(f"break_{n}"), data.get(f"break_{n}_end")
            if bool(start) != bool(end):
                self.add_error(f"break_{n}", _("A break has a begin and an end."))
            if not start or not end:
                continue
            first = _after(reached - 1, start)
            reached = _after(first, end)
            breaks.append((first, reached))
        data["span"], data["breaks"] = (begins, ends), breaks
        return data


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _after(earlier: int, at: time) -> int:
    """The next minute after an earlier one at which the clock shows the time."""
    return earlier + 1 + (_minute(at) - earlier - 1) % DAY


class WishForm(forms.Form):
    """A wish for a day."""

    day = forms.DateField(
        label=pgettext_lazy("roster", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    shift = forms.ChoiceField(label=_("I should like"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, shifts: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["shift"].choices = shifts  # type: ignore[attr-defined]


class CertificateForm(forms.Form):
    """What somebody is certified for."""

    name = forms.CharField(label=pgettext_lazy("certificate", "Certificate"), max_length=80)
    issued = forms.DateField(
        label=pgettext_lazy("certificate", "Issued"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    expires = forms.DateField(
        label=pgettext_lazy("certificate", "Expires"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        help_text=_("Empty: for good."),
    )


class PulseForm(forms.Form):
    """How somebody feels."""

    mood = forms.IntegerField(min_value=1, max_value=5)

"""When a kept report comes by itself, and to whom."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
RHYTHMS = (
    ("day", pgettext_lazy("report that comes by itself", "Every working day")),
    ("week", pgettext_lazy("report that comes by itself", "Every week")),
    ("month", pgettext_lazy("report that comes by itself", "Every month")),
)


class ScheduleForm(forms.Form):
    """The rhythm, the hour in the unit's own time, and the receivers."""

    every = forms.ChoiceField(
        label=_("How often"),
        choices=RHYTHMS,
        help_text=_(
            "Of the days since the working day before, the week before, the month before; on the"
            " first working day of the unit."
        ),
    )
    hour = forms.TypedChoiceField(label=_("From which hour on"), coerce=int, choices=HOURS)
    unit = forms.TypedChoiceField(label=_("In the calendar and time of"), coerce=int)
    receivers = forms.TypedMultipleChoiceField(
        label=_("Who is sent it"),
        coerce=int,
        help_text=_("Each is sent what they may see themselves on that day."),
    )

    def __init__(
        self,
        *args: Any,
        units: Sequence[tuple[int, str]],
        people: Sequence[tuple[int, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["receivers"].choices = people  # type: ignore[attr-defined]
        self.fields["receivers"].widget.attrs["size"] = 8

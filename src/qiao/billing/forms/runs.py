"""What is asked for when a run of bills is begun, looked at, and issued."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.operations.runs import NOTE_LENGTH
from qiao.core.rules.months import month_of
from qiao.metering.queries import RouteLine
from qiao.staff.queries import Unit


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RunForm(forms.Form):
    """Which accounts are billed up to when, and the days that their bills bear."""

    unit = forms.TypedChoiceField(label=pgettext_lazy("run of bills", "Unit"), coerce=int)
    route = forms.TypedChoiceField(
        label=pgettext_lazy("run of bills", "Reading route"), coerce=int, required=False,
        empty_value=None,
        help_text=gettext_lazy("Empty: every account of the unit that is due."),
    )  # fmt: skip
    until = _day(
        gettext_lazy("Readings before"),
        gettext_lazy("The first day that is not billed: what was read up to it counts."),
    )
    issued_date = _day(gettext_lazy("Date of the bills"))
    due_days = forms.IntegerField(
        label=gettext_lazy("Days to pay"), min_value=0, max_value=365,
        widget=forms.NumberInput(attrs={"class": "num"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        units: list[Unit],
        routes: list[RouteLine],
        today: date,
        unit_id: int,
        **more: Any,
    ) -> None:
        initial = {
            "unit": unit_id,
            "until": month_of(today).start,
            "issued_date": today,
            "due_days": 20,
        }
        super().__init__(*args, **{"initial": initial, **more})
        self.fields["unit"].choices = [(unit.unit_id, unit.name) for unit in units]  # type: ignore[attr-defined]
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("reading routes", "All")),
            *((route.route_id, f"{route.code} {route.name}") for route in routes),
        ]
        self.today = today

    def clean_until(self) -> date:
        """Not beyond today."""
        until: date = self.cleaned_data["until"]
        if until > self.today:
            raise forms.ValidationError(_("Days that have not passed cannot be billed."))
        return until

    def clean(self) -> dict[str, Any]:
        """Bills bear a day on or after their last."""
        data = super().clean() or {}
        until, issued = data.get("until"), data.get("issued_date")
        if until and issued and issued < until:
            self.add_error(
                "issued_date",
                _("Not before %(day)s: until then the days are not over.")
                % {"day": until.isoformat()},
            )
        return data


class DecideForm(forms.Form):
    """Why an account is left out."""

    note = forms.CharField(
        label=pgettext_lazy("account in a run", "Why it is left out"), max_length=NOTE_LENGTH
    )


class IssueForm(forms.Form):
    """The day that the bills bear."""

    issued_date = _day(gettext_lazy("Date of the bills"))

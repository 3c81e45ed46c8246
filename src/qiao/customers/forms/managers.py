"""Forms of customer managers: assigning, handing over, plans and visits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import CustomerVisit, VisitPlan
from qiao.staff.queries import Holder


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def _words(**more: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **more)


def _person(label: Any, people: list[Holder]) -> forms.TypedChoiceField:
    choices = [(each.staff_id, f"{each.name} · {each.number}") for each in people]
    return forms.TypedChoiceField(label=label, coerce=int, choices=[("", _("Choose")), *choices])


class AssignForm(forms.Form):
    """Who looks after a customer from a day on."""

    def __init__(self, *args: Any, people: list[Holder], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["manager_id"] = _person(_("Customer manager"), people)
        self.fields["since"] = _day(label=_("First day"))
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300, required=False)


class AssignManyForm(forms.Form):
    """Which customers get which manager at once."""

    def __init__(
        self, *args: Any, people: list[Holder], sources: list[tuple[str, Any]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["source"] = forms.ChoiceField(label=_("Customers"), choices=sources)
        self.fields["most"] = forms.IntegerField(
            label=pgettext_lazy("customers", "At most"), min_value=1, max_value=5_000, initial=50,
            help_text=_("Of key customers the most valuable first; up to 5,000."),
        )  # fmt: skip
        self.fields["manager_id"] = _person(_("Customer manager"), people)
        self.fields["since"] = _day(label=_("First day"))
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300, required=False)
        self.fields["replace"] = forms.ChoiceField(
            label=_("Who has another manager already"),
            choices=[("no", _("stays with them")), ("yes", _("passes to the new one"))],
            widget=forms.RadioSelect,
            initial="no",
        )


class EndForm(forms.Form):
    """From when on nobody looks after a customer, and why."""

    day = _day(label=_("First day"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class HandOverForm(forms.Form):
    """To whom customers pass, from when on, and what the new manager should know."""

    def __init__(self, *args: Any, people: list[Holder], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_manager_id"] = _person(_("Passes to"), people)
        self.fields["day"] = _day(label=_("First day"))
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300)
        self.fields["note"] = _words(
            label=_("What the new manager should know"), max_length=2_000, required=False
        )


class PlanForm(forms.Form):
    """How often to visit, and by when next."""

    every_months = forms.TypedChoiceField(
        label=_("Rhythm"), coerce=int, choices=VisitPlan.Rhythm.choices
    )
    due_date = _day(label=_("Next visit by"))
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)


class VisitForm(forms.Form):
    """A visit to be made."""

    day = _day(label=pgettext_lazy("visit to a customer", "Day"))
    how = forms.ChoiceField(
        label=pgettext_lazy("visit to a customer", "How"), choices=CustomerVisit.How.choices
    )
    topic = forms.CharField(label=_("Topic"), max_length=200)


class RecordForm(forms.Form):
    """What came of a visit, and when the next one is."""

    day = _day(label=pgettext_lazy("visit to a customer", "Day"))
    how = forms.ChoiceField(
        label=pgettext_lazy("visit to a customer", "How"), choices=CustomerVisit.How.choices
    )
    topic = forms.CharField(label=_("Topic"), max_length=200)
    result = forms.ChoiceField(
        label=pgettext_lazy("visit to a customer", "Result"),
        choices=CustomerVisit.Result.choices,
        widget=forms.RadioSelect,
    )
    note = _words(label=_("What was said"), max_length=2_000, required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=300, required=False)
    next_day = _day(label=_("Next visit on"), required=False)

    def clean(self) -> dict[str, Any]:
        """The next visit lies after this one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        after = data.get("next_day")
        if after is not None and data.get("day") and after <= data["day"]:
            self.add_error("next_day", _("The next visit lies after this one."))
        return data


class MoveVisitForm(forms.Form):
    """Another day for a visit, and why."""

    day = _day(label=_("New day"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SkipVisitForm(forms.Form):
    """Why a visit is left out."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

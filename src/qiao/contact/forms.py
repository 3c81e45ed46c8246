"""What is typed about a contact."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.contact.models import Interaction
from qiao.contact.operations import (
    BadMoment,
    BadPhone,
    BadText,
    HasCases,
    NotYours,
    OtherTextKept,
    TooLate,
    Unfinished,
    UnknownChoice,
    WrongState,
)
from qiao.contact.queries import Named

WRITTEN = (Interaction.Channel.LETTER, Interaction.Channel.EMAIL)
AFTERWARDS = (*WRITTEN, Interaction.Channel.VISIT)
GROUPS = {
    "enquiry": pgettext_lazy("matter", "Enquiry"),
    "request": pgettext_lazy("matter", "Request"),
    "fault": pgettext_lazy("matter", "Fault report"),
    "complaint": pgettext_lazy("matter", "Complaint"),
    "suggestion": pgettext_lazy("matter", "Suggestion"),
    "follow_up": pgettext_lazy("matter", "Follow-up"),
}


class EntryForm(forms.Form):
    """A new contact. What is entered after the fact asks for its own date."""

    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    caller_name = forms.CharField(
        label=pgettext_lazy("contact", "Name given"), required=False, max_length=100
    )
    place = forms.CharField(
        label=pgettext_lazy("contact", "Place of the matter"), required=False, max_length=300
    )
    day = forms.DateField(
        label=pgettext_lazy("contact", "Date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    time = forms.TimeField(
        label=pgettext_lazy("contact", "Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, channel: str, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel, self.now = channel, now
        if channel not in AFTERWARDS:
            del self.fields["day"], self.fields["time"]
        else:
            self.fields["day"].initial = timezone.localtime(now).date()

    def started_at(self, zone: str) -> datetime | None:
        """The moment that was typed, in the unit's time zone; None means now."""
        day = self.cleaned_data.get("day")
        if day is None:
            return None
        time = self.cleaned_data.get("time")
        if time is None:
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
            return min(noon, self.now)
        return datetime.combine(day, time, tzinfo=ZoneInfo(zone))


class CallerForm(forms.Form):
    """Who says they are calling, and from where."""

    caller_name = EntryForm.base_fields["caller_name"]
    phone = EntryForm.base_fields["phone"]
    place = EntryForm.base_fields["place"]


class WrapUpForm(forms.Form):
    """Note, subject and outcome: what closing a contact needs."""

    note = forms.CharField(
        label=pgettext_lazy("contact", "Note"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    reason = forms.ChoiceField(label=pgettext_lazy("contact", "Matter"), required=False)
    subject = forms.CharField(
        label=pgettext_lazy("contact", "Subject in words"), required=False, max_length=120
    )
    outcome = forms.ChoiceField(
        label=pgettext_lazy("contact", "Outcome"), required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, reasons: Sequence[Named], outcomes: Sequence[Named], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._names = {reason.key: reason.name for reason in reasons}
        self.fields["reason"].choices = [("", "—"), *_grouped(reasons)]  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [(o.key, o.name) for o in outcomes]  # type: ignore[attr-defined]

    def subject_words(self) -> str:
        """The subject as typed, or else the name of the matter."""
        typed: str = self.cleaned_data["subject"]
        return typed.strip() or self._names.get(self.cleaned_data["reason"], "")


def _grouped(reasons: Sequence[Named]) -> list[tuple[str, list[tuple[str, str]]]]:
    order = list(GROUPS)
    ranked = sorted(reasons, key=lambda r: order.index(r.group) if r.group in order else 99)
    return [
        (str(GROUPS.get(group, group)), [(item.key, item.name) for item in items])
        for group, items in groupby(ranked, key=lambda reason: reason.group)
    ]


def refuse(form: forms.Form, refusal: Exception) -> None:
    """Put a refusal beside the field it is about."""
    for field, text in told(refusal):
        form.add_error(field if field in form.fields else None, text)


def told(refusal: Exception) -> list[tuple[str | None, str]]:
    """The fields a refusal is about, each with a sentence; None for the whole form."""
    if isinstance(refusal, Unfinished):
        return [_missing(key) for key in refusal.missing]
    if isinstance(refusal, BadText):
        return [(refusal.field, _(refusal.message) % refusal.params)]
    if isinstance(refusal, UnknownChoice):
        return [(refusal.field, _("Choose one of the list."))]
    if isinstance(refusal, BadPhone):
        return [("phone", _("This is no telephone number."))]
    if isinstance(refusal, BadMoment):
        return [("day", _("This day has not come yet."))]
    return [(None, words_for(refusal))]


def _missing(key: str) -> tuple[str | None, str]:
    if key == "subject":
        return "reason", _("Say what it was about.")
    if key == "outcome":
        return "outcome", _("Say how it ended.")
    return None, _("Choose the customer, or note a number, a place or why nobody is known.")


def words_for(refusal: Exception) -> str:
    """A refusal in a sentence."""
    words: dict[type[Exception], str] = {
        NotYours: _("A colleague has this contact at hand. Take it over first."),
        WrongState: _("This contact has been closed in the meantime."),
        OtherTextKept: _(
            "Another window holds a text that is not in this note. Both stand here now."
        ),
        HasCases: _("This contact led to cases: close it instead."),
        TooLate: _("A contact can be opened again on the day it was closed."),
    }
    return words.get(type(refusal), pgettext("contact", "This is not possible now."))

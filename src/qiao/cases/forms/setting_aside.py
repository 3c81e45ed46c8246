"""Setting a case aside: until when, for whom, and why."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm

MORNING: Final = time(9)
CHOICES: Final = (
    ("1h", pgettext_lazy("snooze", "In an hour")),
    ("3h", pgettext_lazy("snooze", "In three hours")),
    ("tomorrow", pgettext_lazy("snooze", "Tomorrow at 9:00")),
    ("monday", pgettext_lazy("snooze", "On Monday at 9:00")),
    ("at", pgettext_lazy("snooze", "At a moment of your choice")),
    ("answer", pgettext_lazy("snooze", "Only when the customer says something")),
)


class SnoozeForm(FactsForm):
    """When a case comes back into one's lists. `now` is the moment of the request."""

    when = forms.ChoiceField(
        label=pgettext_lazy("snooze", "It comes back"), choices=CHOICES, widget=forms.RadioSelect
    )
    at = forms.DateTimeField(
        label=pgettext_lazy("snooze", "Moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    or_answer = forms.BooleanField(
        label=pgettext_lazy("snooze", "Sooner, if the customer says something"),
        required=False,
        initial=True,
    )
    for_team = forms.BooleanField(
        label=pgettext_lazy("snooze", "For the whole team"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """A moment of one's own choice must be given and lie ahead."""
        data = super().clean() or {}
        at = data.get("at")
        if data.get("when") == "at" and (at is None or at <= self.now):
            self.add_error("at", gettext_lazy("Choose a moment that lies ahead."))
        return data

    @property
    def until(self) -> datetime | None:
        """The moment that was chosen; None where only the customer's word is waited for."""
        when = self.cleaned_data["when"]
        if when == "at":
            moment: datetime = self.cleaned_data["at"]
            return moment
        return moment_of(when, self.now)

    @property
    def until_answer(self) -> bool:
        """Whether the customer's word brings it back."""
        return self.cleaned_data["when"] == "answer" or bool(self.cleaned_data["or_answer"])


def moment_of(when: str, now: datetime) -> datetime | None:
    """The moment that a choice means, mornings in the reader's time zone."""
    if when in ("1h", "3h"):
        return now + timedelta(hours=int(when[0]))
    local = timezone.localtime(now)
    days = {"tomorrow": 1, "monday": 7 - local.weekday()}.get(when)
    if days is None:
        return None
    morning = datetime.combine(local.date() + timedelta(days=days), MORNING)
    return timezone.make_aware(morning, local.tzinfo)

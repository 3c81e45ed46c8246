"""Forms of the administration of working time and promises."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.rules.figures import ANY, PRIORITIES, Figures
from qiao.cases.showing import names
from qiao.core.calendar_codes import WEEKDAYS
from qiao.core.rules.calendar import Spans, Week

_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})")
_DURATION: Final = re.compile(r"(\d{1,5}(?:\.\d)?)\s*(min|h|d|wd)")
_UNITS: Final = {"min": 60, "h": 3600, "d": 86_400}
TIERS: Final = ("A", "B", "C", "D")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def spans_from(text: str) -> Spans:
    """Spans as they are typed; empty for a closed day. Raises `ValidationError`."""
    if not text.strip():
        return ()
    spans = []
    for part in re.split(r"[,，;；、]", text):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise forms.ValidationError(_("Write hours as 08:30-12:00, 13:30-17:30."))
        hour, minute, to_hour, to_minute = map(int, found.groups())
        spans.append((hour * 60 + minute, to_hour * 60 + to_minute))
    reached = 0
    for start, end in spans:
        if not reached <= start < end <= 1440:
            raise forms.ValidationError(_("Hours must follow one another within the day."))
        reached = end
    return tuple(spans)


class WhyForm(forms.Form):
    """What every change of the administration is asked: since when, and why."""

    source = forms.CharField(
        label=pgettext_lazy("since when and why", "Decision"),
        max_length=200,
        help_text=gettext_lazy("Who decided on it and when."),
    )


class DayForm(WhyForm):
    """What a calendar does on one day."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("calendar", "What it is"),
        choices=(
            ("usual", pgettext_lazy("calendar", "As its weekday and the public days say")),
            ("closed", pgettext_lazy("calendar", "Closed")),
            ("hours", pgettext_lazy("calendar", "Own hours")),
        ),
        widget=forms.RadioSelect,
        initial="closed",
    )
    hours = forms.CharField(
        label=pgettext_lazy("calendar", "Own hours"), max_length=120, required=False
    )
    name = forms.CharField(
        label=pgettext_lazy("calendar", "Name of the day"), max_length=60, required=False
    )
    field_order = ("kind", "hours", "name", "source")

    def clean(self) -> dict[str, Any]:
        """Own hours need hours."""
        data = dict(super().clean() or {})
        if data.get("kind") == "hours":
            try:
                data["spans"] = spans_from(data.get("hours", ""))
            except forms.ValidationError as bad:
                self.add_error("hours", bad)
            if not data.get("spans") and "hours" not in self.errors:
                self.add_error("hours", _("Write hours as 08:30-12:00, 13:30-17:30."))
        return data


class WeekForm(WhyForm):
    """The working time of every weekday from a day on."""

    valid_from = forms.DateField(label=gettext_lazy("From"), widget=DAY)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for place, name in enumerate(WEEKDAYS):
            self.fields[f"day-{place}"] = forms.CharField(
                label=name, max_length=120, required=False
            )
        self.order_fields([*(f"day-{n}" for n in range(7)), "valid_from", "source"])

    def clean(self) -> dict[str, Any]:
        """The week of all days; none of them may be wrong."""
        data = dict(super().clean() or {})
        days = []
        for place in range(7):
            try:
                days.append(spans_from(data.get(f"day-{place}", "")))
            except forms.ValidationError as bad:
                self.add_error(f"day-{place}", bad)
        if len(days) == 7:
            mon, tue, wed, thu, fri, sat, sun = days
            week: Week = (mon, tue, wed, thu, fri, sat, sun)
            data["week"] = week
        return data


def duration_text(seconds: int | None) -> str:
    """A length of working time as it is typed: 90min, 2h, 16h."""
    if not seconds:
        return ""
    return f"{seconds // 3600}h" if seconds % 3600 == 0 else f"{seconds // 60}min"


class FiguresForm(WhyForm):
    """The figures of a promise: a line for everybody and one for each tier, by priority."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    valid_from = forms.DateField(label=gettext_lazy("From"), widget=DAY)
    running = forms.BooleanField(
        label=gettext_lazy("Also for cases that are open on that day"), required=False
    )

    def __init__(
        self,
        *args: Any,
        units: Sequence[tuple[str, Any]],
        regions: Mapping[str, str],
        day_seconds: int,
        figures: Figures,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.day_seconds = day_seconds
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = units
        fields["region"].choices = [("", _("every region")), *sorted(regions.items())]
        for tier in ("", *TIERS):
            targets = figures.tiers.get(tier, {}) if tier else figures.targets
            for priority in (*PRIORITIES, ANY):
                self.fields[cell(tier, priority)] = forms.CharField(
                    label=f"{tier} {names.PRIORITIES.get(priority, _('every other'))}".strip(),
                    max_length=12,
                    required=False,
                    initial=duration_text(targets.get(priority)),
                )

    def rows(self) -> list[tuple[str, list[Any]]]:
        """The lines of the table: the tier and its cells by priority."""
        return [
            (tier, [self[cell(tier, priority)] for priority in (*PRIORITIES, ANY)])
            for tier in ("", *TIERS)
        ]

    def clean(self) -> dict[str, Any]:
        """The figures in seconds of working time."""
        data = dict(super().clean() or {})
        read: dict[str, dict[str, int]] = {tier: {} for tier in ("", *TIERS)}
        for tier, targets in read.items():
            for priority in (*PRIORITIES, ANY):
                text = data.get(cell(tier, priority), "").strip().lower()
                if text:
                    seconds = self._seconds(text, cell(tier, priority))
                    targets[priority] = seconds
        data["figures"] = Figures(read[""], {tier: read[tier] for tier in TIERS if read[tier]})
        return data

    def _seconds(self, text: str, name: str) -> int:
        found = _DURATION.fullmatch(text)
        if found is None:
            self.add_error(name, _("Write a time as 30min, 2h or 1wd (working days)."))
            return 0
        number, unit = found.groups()
        return round(float(number) * (_UNITS.get(unit) or self.day_seconds))


def cell(tier: str, priority: str) -> str:
    """The name of one figure's field."""
    return f"f-{tier or 'all'}-{'any' if priority == ANY else priority}"

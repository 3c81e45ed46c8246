"""The form of a pattern of duties: spans of the day, weeks, and who is on duty in each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qiao.staff.rules.roster import Need, Pattern, Shift

MOST_WEEKS: Final = 8
MOST_SPANS: Final = 4
WEEKDAYS: Final = range(7)
OPEN: Final = "0"
"""The choice of a duty that must be done and that nobody has yet."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many weeks the cycle has, and how many spans a day at most."""

    weeks: int = 1
    spans: int = 1

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Shape":
        """The shape of what was sent; one more span where that was asked for."""
        text = str(data.get("weeks") or "1")
        weeks = int(text) if text.isdecimal() and len(text) < 3 else 1
        spans = sum(f"start_{n}" in data for n in range(MOST_SPANS))
        more = data.get("do") == "span"
        return cls(min(max(weeks, 1), MOST_WEEKS), min(max(spans, 1) + more, MOST_SPANS))

    def cells(self) -> Iterator[tuple[int, int, int]]:
        """Week, span and weekday of every cell."""
        for week in range(self.weeks):
            for span in range(self.spans):
                for weekday in WEEKDAYS:
                    yield week, span, weekday


def cell(week: int, span: int, weekday: int) -> str:
    """The name of a cell's field."""
    return f"c_{week}_{span}_{weekday}"


class PatternForm(forms.Form):
    """From which day on, for how many weeks, in which spans of the day, and who."""

    since = forms.DateField(
        label=gettext_lazy("From the day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    weeks = forms.TypedChoiceField(
        label=gettext_lazy("Weeks until it begins anew"),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, MOST_WEEKS + 1)],
    )

    def __init__(
        self, *args: Any, people: Sequence[tuple[str, Any]], shape: Shape, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.shape = shape
        for span in range(shape.spans):
            for name, label in (
                ("start", pgettext("duty hours", "From")),
                ("end", pgettext("duty hours", "Until")),
            ):
                self.fields[f"{name}_{span}"] = forms.TimeField(
                    label=label,
                    required=False,
                    widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                )
        for place in shape.cells():
            self.fields[cell(*place)] = forms.ChoiceField(choices=people, required=False)

    @property
    def spans(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of the spans."""
        return [(self[f"start_{n}"], self[f"end_{n}"]) for n in range(self.shape.spans)]

    @property
    def grid(self) -> list[list[tuple[int, str, list[forms.BoundField]]]]:
        """The cells: by week, by span (with its number and hours), by weekday."""
        hours = [_hours(start.value(), end.value()) for start, end in self.spans]
        return [
            [
                (span + 1, hours[span], [self[cell(week, span, day)] for day in WEEKDAYS])
                for span in range(self.shape.spans)
            ]
            for week in range(self.shape.weeks)
        ]

    def clean(self) -> dict[str, Any]:
        """Adds `pattern`: what was typed, as the rules take it."""
        data: dict[str, Any] = self.cleaned_data
        minutes: dict[int, tuple[int, int]] = {}
        for span in range(self.shape.spans):
            start, end = data.get(f"start_{span}"), data.get(f"end_{span}")
            if (start is None) != (end is None):
                self.add_error(f"end_{span}", _("A span has a beginning and an end."))
            elif start is not None and end is not None:
                minutes[span] = (_minute(start), _minute(end))
        if len({start for start, _end in minutes.values()}) < len(minutes):
            self.add_error(None, _("Two spans begin at the same time."))
        if not self.errors:
            data["pattern"] = self._pattern(data, minutes)
        return data

    def _pattern(self, data: dict[str, Any], minutes: Mapping[int, tuple[int, int]]) -> Pattern:
        shifts: list[Shift] = []
        needs: dict[Need, None] = {}
        for week, span, weekday in self.shape.cells():
            chosen = data[cell(week, span, weekday)]
            if chosen and span in minutes:
                start, end = minutes[span]
                needs[Need(weekday, start, end)] = None
                if chosen != OPEN:
                    shifts.append(Shift(week, weekday, start, end, int(chosen)))
        return Pattern(data["since"], data["weeks"], data["since"], tuple(shifts), tuple(needs))


def _hours(start: Any, end: Any) -> str:
    """Two times as the form holds them, typed or known; empty where one is missing."""
    shown = [
        f"{each:%H:%M}" if isinstance(each, time) else str(each or "") for each in (start, end)
    ]
    return "–".join(shown) if all(shown) else ""


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def spans_of(pattern: Pattern) -> list[tuple[int, int]]:
    """The spans of the day that a pattern knows, in order."""
    shifts = {(each.start, each.end) for each in pattern.shifts}
    return sorted(shifts | {(each.start, each.end) for each in pattern.needs})


def shape_of(pattern: Pattern) -> Shape:
    """The shape of a pattern, as far as the form goes."""
    spans = min(max(len(spans_of(pattern)), 1), MOST_SPANS)
    return Shape(min(pattern.weeks, MOST_WEEKS), spans)


def initial_of(pattern: Pattern, since: date) -> dict[str, Any]:
    """A pattern as the form begins with it."""
    spans = spans_of(pattern)
    weeks = min(pattern.weeks, MOST_WEEKS)
    found: dict[str, Any] = {"since": since, "weeks": weeks}
    for number, (start, end) in enumerate(spans):
        found[f"start_{number}"], found[f"end_{number}"] = _time(start), _time(end)
    for need in pattern.needs:
        for week in range(weeks):
            place = spans.index((need.start, need.end))
            found[cell(week, place, need.weekday)] = OPEN
    for shift in pattern.shifts:
        place = spans.index((shift.start, shift.end))
        found[cell(shift.week, place, shift.weekday)] = str(shift.staff_id)
    return found


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)

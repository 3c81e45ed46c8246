"""Readings as pages draw them: charts, badges, words beside the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qiao.metering.models import Reading
from qiao.metering.queries.history import HistoryLine
from qiao.metering.queries.worklist import Waiting
from qiao.metering.showing.words import expected_words, rule_word, seen_words

STATES = dict(Reading.State.choices)
METHODS = dict(Reading.Method.choices)
TONES = {"exception": "warn", "valid": "ok", "final": "info", "billed": "", "raw": ""}


@dataclass(frozen=True, slots=True)
class Chart:
    """Use by span, the oldest first: values, tooltips, and which columns to mark."""

    values: list[Decimal]
    labels: list[str]
    hot: list[int]


def chart_of(lines: Sequence[HistoryLine], *, mark: int = 0, most: int = 24) -> Chart:
    """The use of the last spans out of a history (the latest first); estimates are marked, or
    the reading `mark`."""
    spans = [line for line in reversed(lines) if line.used is not None and line.days][-most:]
    return Chart(
        [line.used for line in spans if line.used is not None],
        [f"{line.read_date:%Y-%m-%d}" for line in spans],
        [
            place
            for place, line in enumerate(spans)
            if (line.reading_id == mark if mark else line.method == "estimated")
        ],
    )


def with_candidate(chart: Chart, reading: Waiting) -> Chart:
    """The chart with the use that a reading would give as its last, marked column."""
    if reading.used is None or reading.used < 0 or reading.state != "exception":
        return chart
    return Chart(
        [*chart.values, reading.used],
        [*chart.labels, f"{reading.read_date:%Y-%m-%d}"],
        [len(chart.values)],
    )


def findings_of(reading: Waiting) -> list[dict[str, Any]]:
    """What the checks found, in words."""
    return [
        {
            "name": rule_word(each.rule),
            "tone": "bad" if each.severity == "stop" else "warn",
            "seen": seen_words(each.rule, each.seen, reading.unit),
            "expected": expected_words(each.rule, each.expected, reading.unit),
        }
        for each in reading.findings
    ]

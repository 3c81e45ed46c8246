"""``{% load readings %}``: marks and words of readings."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from qiao.core.ui.figures import spark
from qiao.core.ui.marks import badge
from qiao.metering.models import AsideMessage, BlindStop, IntervalLoad, ReadingChange
from qiao.metering.showing import words
from qiao.metering.showing.pages import METHODS, STATES, TONES, Chart

register = template.Library()
register.filter("rule_word", words.rule_word)
register.filter("basis_word", words.basis_word)
register.filter("source_word", words.source_word)
register.filter("column_word", words.field_word)
register.filter("fault_word", words.fault_word)


@register.filter
def method_word(key: str) -> str:
    """How a reading was taken."""
    return str(METHODS.get(key, key))


@register.filter
def action_word(key: str) -> str:
    """What somebody did with a reading."""
    return str(dict(ReadingChange.Action.choices).get(key, key))


@register.filter
def wanted(fault: Mapping[str, str]) -> str:
    """What was expected of a cell."""
    return words.wanted_word(fault["code"], fault.get("expected", ""))


@register.simple_tag
def register_name(kind: str, period: str) -> str:
    """A register by what it counts."""
    return words.register_name(kind, period)


@register.simple_tag
def reading_state(state: str) -> SafeString:
    """The state of a reading as a mark."""
    return badge(str(STATES.get(state, state)), TONES.get(state, ""))


@register.simple_tag
def load_state(state: str) -> SafeString:
    """How a load of interval data stands, as a mark."""
    tones = {"done": "ok", "failed": "bad", "running": "info"}
    return badge(str(dict(IntervalLoad.State.choices).get(state, state)), tones.get(state, ""))


@register.simple_tag
def message_state(state: str) -> SafeString:
    """What became of a message that was put aside, as a mark."""
    tones = {"waiting": "warn", "taken": "ok"}
    return badge(str(dict(AsideMessage.State.choices).get(state, state)), tones.get(state, ""))


@register.simple_tag
def blind_standing(standing: str) -> SafeString:
    """What came of a stop of a blind re-read, as a mark."""
    tones = {"agrees": "ok", "differs": "bad", "unread": "warn"}
    word = dict(BlindStop.Standing.choices).get(standing, standing)
    return badge(str(word), tones.get(standing, ""))


@register.simple_tag
def use_chart(chart: Chart, unit: str, width: int = 300, height: int = 64) -> SafeString:
    """Use by span as columns."""
    return spark(chart.values, width, height, hot=chart.hot, labels=chart.labels, unit=unit)


@register.simple_tag
def use_of_readings(readings: Sequence[Mapping[str, Any]], unit: str) -> SafeString:
    """Use by span out of the readings of a panel, the oldest first; estimates are marked."""
    spans = [each for each in readings if each["used"] is not None]
    return spark(
        [each["used"] for each in spans],
        140,
        28,
        hot=[place for place, each in enumerate(spans) if each["method"] == "estimated"],
        labels=[each["day"] for each in spans],
        unit=unit,
    )

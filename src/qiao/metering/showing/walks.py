"""A round as the reader's phone has it: all stops with their words, so that it works without a
network."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.ui.figures import figure
from qiao.metering.models.walks import SKIPPED
from qiao.metering.operations import Taken, VisitRefused
from qiao.metering.queries.reasons import Reason
from qiao.metering.queries.walks import StopRegister, WalkStop
from qiao.metering.rules.ranges import Range
from qiao.metering.showing.words import fault_word, register_name, rule_word


def state_word(state: str, reason: str = "", reasons: Mapping[str, Reason] | None = None) -> str:
    """How a stop stands; one that was not read tells why."""
    if state == "unread" and reason:
        return reason_word(reason, reasons or {})
    words = {
        "open": pgettext("stop of a round", "Still to be read"),
        "read": pgettext("stop of a round", "Read"),
        "unread": pgettext("stop of a round", "Not read"),
        "again": pgettext("stop of a round", "Read once more"),
    }
    return words.get(state, state)


def reason_word(key: str, reasons: Mapping[str, Reason]) -> str:
    """Why a stop was not read."""
    if key == SKIPPED:
        return pgettext("stop of a round", "Left without a word")
    return reasons[key].name if key in reasons else key


def stops_data(stops: Sequence[WalkStop], reasons: Mapping[str, Reason]) -> list[dict[str, Any]]:
    """The stops for the script of the page."""
    return [
        {
            "id": stop.service_point_id,
            "place": stop.place,
            "address": stop.address,
            "meter": stop.meter_number,
            "whereabouts": stop.whereabouts,
            "seal": stop.seal,
            "state": stop.state,
            "word": state_word(stop.state, stop.reason, reasons),
            "registers": [_register(each, len(stop.registers)) for each in stop.registers],
        }
        for stop in stops
    ]


def _register(each: StopRegister, count: int) -> dict[str, Any]:
    found = each.range
    return {
        "id": each.register_id,
        "label": register_word(each, count),
        "unit": each.unit,
        "digits": each.digits,
        "decimals": each.decimals,
        "last": _plain(found.last) if found else None,
        "most": _plain(found.most) if found else None,
        "past": _plain(found.past) if found else None,
        "zero": bool(found and found.zero_stops),
        "told": _told(found, each.unit) if found else "",
    }


def register_word(each: StopRegister, count: int) -> str:
    """What the field of a register is called."""
    if count < 2:
        return pgettext("file of readings", "Reading")
    return register_name(each.kind, each.period)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _told(found: Range, unit: str) -> str:
    last = _("Last %(value)s on %(day)s") % {
        "value": _plain(found.last),
        "day": found.last_day.isoformat(),
    }
    if found.most is None:
        return last
    upto = found.most.to_integral_value()
    return (
        last + " · " + _("usually up to %(most)s %(unit)s") % {"most": figure(upto), "unit": unit}
    )


def words_data(reasons: Iterable[Reason]) -> dict[str, Any]:
    """The words that the script says, and the reasons that stand with a photo."""
    return {
        "open": state_word("open"),
        "read": state_word("read"),
        "unread": state_word("unread"),
        "waiting": pgettext("stop of a round", "Waiting to be sent"),
        "held": pgettext("stop of a round", "Not taken: enter it again"),
        "lower": _("This is lower than before. Read the meter again and enter what it shows."),
        "higher": _("This is far more than usual. Read the meter again and enter what it shows."),
        "zero": _("This meter has not moved for long. Read it again and enter what it shows."),
        "again": _("Read the meter again and enter what it shows."),
        "same": _(
            "The same figure again: it is kept with a mark. Take a photo of the meter first."
        ),
        "digits": _("More figures than this meter has."),
        "number": _("Figures only, for instance 1234."),
        "nothing": _("Enter what the meter shows, or say why it cannot be read."),
        "photo": _("This reason needs a photo."),
        "reasons": {each.key: [each.name, each.needs_photo] for each in reasons},
    }


def refusal_words(refusal: VisitRefused) -> str:
    """Why an entry was not taken."""
    for found in refusal.findings:
        return fault_word(found.seen.get("code", ""))
    words = {
        "nothing": _("Enter what the meter shows, or say why it cannot be read."),
        "reason": _("There is no such reason any more. Choose another one."),
        "photo": _("A photo is needed."),
    }
    return words.get(refusal.code) or _("This cannot be taken.")


def found_words(taken: Iterable[Taken]) -> str:
    """The checks that stop readings, by name; empty where all may stand."""
    found = dict.fromkeys(
        rule_word(each.rule)
        for one in taken
        if one.state == "exception"
        for each in one.findings
        if each.severity == "stop"
    )
    return pgettext("between items of a list", ", ").join(found)


def days_word(since: date, due: date) -> str:
    """The days of a round."""
    return f"{since:%m-%d}" if since == due else f"{since:%m-%d} – {due:%m-%d}"

"""What checks found, in words, and the words of bases and sources."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.metering.models import Register

RULES: Final[Mapping[str, Any]] = {
    "meter": pgettext_lazy("check of readings", "Another meter"),
    "duplicate": pgettext_lazy("check of readings", "Second value of the day"),
    "backwards": pgettext_lazy("check of readings", "Register went back"),
    "high": pgettext_lazy("check of readings", "Used more than usual"),
    "low": pgettext_lazy("check of readings", "Used less than usual"),
    "neighbours": pgettext_lazy("check of readings", "Not like the neighbours"),
    "spike": pgettext_lazy("check of readings", "Sudden jump"),
    "zeros": pgettext_lazy("check of readings", "Stands still"),
    "constant": pgettext_lazy("check of readings", "Always the same use"),
    "sum": pgettext_lazy("check of readings", "Periods do not sum up"),
    "intervals": pgettext_lazy("check of readings", "Not as its intervals say"),
    "multiplier": pgettext_lazy("check of readings", "Multiplier changed"),
    "value": pgettext_lazy("check of readings", "No value"),
    "time": pgettext_lazy("check of readings", "Impossible day"),
}
SEVERITIES: Final[Mapping[str, Any]] = {
    "stop": pgettext_lazy("severity of a check", "Stops the reading"),
    "note": pgettext_lazy("severity of a check", "Notes it"),
    "off": pgettext_lazy("severity of a check", "Not asked"),
}
BASES: Final[Mapping[str, Any]] = {
    "last_year": pgettext_lazy("basis of an estimate", "as in the same season last year"),
    "recent": pgettext_lazy("basis of an estimate", "as used of late"),
    "class": pgettext_lazy("basis of an estimate", "as others of its class"),
}
SOURCES: Final[Mapping[str, Any]] = {
    "file": pgettext_lazy("source of a reading", "File"),
    "page": pgettext_lazy("source of a reading", "Entered by hand"),
    "phone": pgettext_lazy("source of a reading", "Reader's phone"),
    "estimate": pgettext_lazy("source of a reading", "Estimate"),
    "exchange": pgettext_lazy("source of a reading", "Meter exchanged"),
    "correction": pgettext_lazy("source of a reading", "Correction"),
}


def rule_word(key: str) -> str:
    """The name of a check."""
    return str(RULES.get(key, key))


def basis_word(key: str) -> str:
    """What an estimate rests on."""
    return str(BASES.get(key, key))


def source_word(key: str) -> str:
    """Where a reading came from; the name of another system stays as it is."""
    return str(SOURCES.get(key, key))


def register_name(kind: str, period: str) -> str:
    """A register by what it counts, with the hours of one that counts some of them."""
    name = str(dict(Register.Kind.choices).get(kind, kind))
    return f"{name} · {period}" if period else name


def seen_words(rule: str, seen: Mapping[str, str], unit: str) -> str:
    """What a check saw."""
    told = {"unit": unit, **seen}
    if rule in {"high", "low", "spike", "intervals"}:
        return _("%(usage)s %(unit)s in %(days)s days") % told
    if rule == "sum":
        return _("the total shows %(usage)s %(unit)s") % told
    if rule == "neighbours":
        return _("%(ratio)s times its use before") % told
    if rule == "zeros":
        return _("nothing %(spans)s times running") % told
    if rule == "constant":
        return _("%(usage)s %(unit)s %(spans)s times running") % told
    return seen.get("value") or seen.get("meter") or seen.get("multiplier") or ""


def expected_words(rule: str, expected: Mapping[str, str], unit: str) -> str:
    """What it expected."""
    told = {"unit": unit, **expected}
    for key, words in (
        ("usual", _expected_use(rule, expected)),
        ("low", _("at least %(low)s")),
        ("high", _("at most %(high)s")),
        ("sum", _("the periods show %(sum)s %(unit)s")),
        ("most", _("its intervals show %(least)s to %(most)s %(unit)s")),
        ("value", _("held already: %(value)s")),
        ("meter", _("hangs there: %(meter)s")),
        ("multiplier", _("before: %(multiplier)s")),
    ):
        if key in expected:
            return words % told
    return ""


def _expected_use(rule: str, expected: Mapping[str, str]) -> str:
    if rule == "neighbours":
        return _("at most %(high)s times; the middle of the route %(usual)s")
    if "high" in expected:
        return _("at most %(high)s, usually %(usual)s")
    if "low" in expected:
        return _("at least %(low)s, usually %(usual)s")
    return _("usually %(usual)s")


def field_word(key: str) -> str:
    """What a column of a file of readings is called."""
    words = {
        "meter": pgettext("file of readings", "Meter number"),
        "value": pgettext("file of readings", "Reading"),
        "day": pgettext("file of readings", "Date"),
        "clock": pgettext("file of readings", "Time"),
        "kind": pgettext("file of readings", "Register"),
        "period": pgettext("file of readings", "Time of use"),
        "method": pgettext("file of readings", "How it was read"),
        "reason": pgettext("file of readings", "Reason"),
        "reader": pgettext("file of readings", "Reader (staff number)"),
    }
    return words.get(key, key)


def fault_word(code: str) -> str:
    """What is wrong with a cell."""
    words = {
        "meter": _("The number of the meter is missing or too long"),
        "unknown": _("No such meter here"),
        "empty": _("There is no reading"),
        "number": _("This is no number"),
        "negative": _("The reading lies below nought"),
        "digits": _("More digits than the register has"),
        "decimals": _("More decimals than the register has"),
        "future": _("The day lies ahead"),
        "before_installed": _("The meter did not hang yet"),
        "after_removed": _("The meter hung no longer"),
        "method": _("How it was read is not known"),
        "kind": _("There is no such kind of register"),
        "clock": _("This is no time of day"),
    }
    return words.get(code) or _("This is no date")


def wanted_word(code: str, day: str = "") -> str:
    """What was expected there."""
    words = {
        "meter": _("the number on the face of the meter"),
        "unknown": _("a meter of this unit that hangs, or hung, at a service point"),
        "empty": _("the figures of the register"),
        "number": _("figures such as 1234"),
        "negative": _("nought or more"),
        "digits": _("as many figures as the register shows"),
        "decimals": _("as many decimals as the register shows"),
        "method": _("read, estimated, customer or remote"),
        "kind": _("total, time of use or demand"),
        "clock": _("a time such as 09:30"),
    }
    dated = {
        "future": _("not later than %(day)s"),
        "before_installed": _("not before %(day)s"),
        "after_removed": _("not after %(day)s"),
    }
    if code in dated:
        return dated[code] % {"day": day}
    return words.get(code) or _("a date such as 2026-01-05")

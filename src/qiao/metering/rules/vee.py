"""Checks of readings (validation, estimating and editing: VEE), as dated data.

What each check asks is Python; whether it is asked, how strictly, since when and by which document
are data: a `Rule`. Severity ``stop`` makes a reading an exception that a person decides on,
``note`` lets it pass and tells. What cannot stand at all (no number, below nought, too many
digits, no such day) is refused whatever rules there are: `faults_of`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from qiao.metering.rules.checks import REFUSE, STOP, Finding, Rule
from qiao.metering.rules.registers import (
    DEMAND,
    EXACT,
    BadValue,
    Register,
    is_plausible,
    read_value,
    wrapped,
)
from qiao.metering.rules.spans import Past, Span, of_season, spans_of, usual_per_day


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading to be checked, and where its meter hung: `since` inclusive, `until` exclusive.

    `meter` is the number that was given, `hung` the one that hangs there; both may be empty.
    """

    day: date
    raw: str
    today: date
    since: date | None = None
    until: date | None = None
    meter: str = ""
    hung: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What a reading is compared with.

    `past` are readings of its register in effect, in any order. `neighbours` says for other meters
    of the route how this span's use by day stands to that of their own span before. `parts` is the
    use of the periods of the same meter between the same days, if known; `intervals` between what
    its use must lie by its intervals since the real reading before, if these are known.
    """

    past: Sequence[Past] = ()
    neighbours: Sequence[Decimal] = ()
    parts: Decimal | None = None
    intervals: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A reading that went through the checks: its value, the findings, whether it rolled over."""

    value: Decimal | None
    findings: tuple[Finding, ...]
    is_rolled: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be held as a reading at all."""
        return any(each.severity == REFUSE for each in self.findings)

    @property
    def is_stopped(self) -> bool:
        """Whether a person has to decide."""
        return any(each.severity == STOP for each in self.findings)


def check(
    candidate: Candidate, register: Register, around: Around, rules: Iterable[Rule]
) -> Checked:
    """Put a reading through what cannot stand, then through the rules of its day."""
    faults, value = faults_of(candidate, register)
    if faults or value is None:
        return Checked(None, tuple(faults))
    view = View(candidate, value, register, around)
    found: list[Finding] = []
    is_rolled = False
    for rule in rules:
        if register.kind == DEMAND and rule.key not in OF_DEMAND:
            continue
        if rule.key == "backwards":
            is_rolled = view.rolls_over(rule)
        seen = _CHECKS[rule.key](view, rule)
        if seen is not None:
            found.append(Finding(rule.key, rule.severity, *seen))
    return Checked(value, tuple(found), is_rolled)


def faults_of(candidate: Candidate, register: Register) -> tuple[list[Finding], Decimal | None]:
    """What cannot stand whatever rules there are, and the value that was read."""
    found = []
    value = None
    try:
        value = read_value(candidate.raw, register)
    except BadValue as bad:
        figures = {"digits": str(register.digits), "decimals": str(register.decimals)}
        found.append(Finding("value", REFUSE, {"value": candidate.raw, "code": bad.code}, figures))
    day = candidate.day
    for code, limit in bounds_broken(day, candidate.today, candidate.since, candidate.until):
        seen = {"day": str(day), "code": code}
        found.append(Finding("time", REFUSE, seen, {"day": str(limit)}))
    return found, value


def bounds_broken(
    day: date, today: date, since: date | None, until: date | None
) -> list[tuple[str, date]]:
    """Why a meter that hung from `since` to `until` cannot have been read on a day, each reason
    with the day that bounds it: ``future``, ``before_installed``, ``after_removed``."""
    found = []
    if day > today:
        found.append(("future", today))
    if since is not None and day < since:
        found.append(("before_installed", since))
    if until is not None and day > until:
        found.append(("after_removed", until))
    return found


class View:
    """A reading with what stands before it, reckoned once for all checks."""

    def __init__(
        self, candidate: Candidate, value: Decimal, register: Register, around: Around
    ) -> None:
        self.candidate, self.value = candidate, value
        self.register, self.around = register, around
        self.same_day = [each for each in around.past if each.day == candidate.day]
        earlier = [each for each in around.past if each.day < candidate.day]
        self.before = max(
            (each for each in earlier if not each.is_estimated),
            key=lambda each: each.day,
            default=None,
        )
        self.spans = spans_of(earlier, register)
        self.usual = usual_per_day(self.spans)
        self.days = (candidate.day - self.before.day).days if self.before else 0
        self.used = self._used()
        self.season = (
            of_season(self.spans, self.before.day, candidate.day) if self.before else None
        )

    def _used(self) -> Decimal | None:
        if self.before is None:
            return None
        used = EXACT.subtract(self.value, self.before.value)
        return used if used >= 0 else wrapped(self.before.value, self.value, self.register)

    @property
    def is_lower(self) -> bool:
        """Whether the register stands lower than before."""
        return self.before is not None and self.value < self.before.value

    @property
    def expected(self) -> Decimal | None:
        """Use for these days as usual: as in the season of last year, else as of late."""
        usual = self.season if self.season is not None else self.usual
        return EXACT.multiply(usual, Decimal(self.days)) if usual is not None else None

    def rolls_over(self, rule: Rule) -> bool:
        """Whether the register went past its last figure, as far as its use says."""
        if not self.is_lower or self.used is None:
            return False
        times = rule.number("times")
        return is_plausible(self.used, days=self.days, usual_per_day=self.most_usual, times=times)

    @property
    def most_usual(self) -> Decimal | None:
        """Use a day: of late or of the season, whichever is more."""
        return max(filter(None, (self.usual, self.season)), default=None)


_Seen = tuple[Mapping[str, str], Mapping[str, str]]


def _plain(value: Decimal) -> str:
    """A figure for people, with three decimals at most."""
    text = f"{value:.3f}"
    return text.rstrip("0").rstrip(".")


def _meter(view: View, _rule: Rule) -> _Seen | None:
    given, hung = view.candidate.meter, view.candidate.hung
    return ({"meter": given}, {"meter": hung}) if is_elsewhere(given, hung) else None


def is_elsewhere(given: str, hung: str) -> bool:
    """Whether a number that was given is not that of the meter that hangs there, if both are
    known."""
    return bool(given and hung and given != hung)


def _duplicate(view: View, _rule: Rule) -> _Seen | None:
    others = [each for each in view.same_day if not each.is_estimated]
    other = next((each for each in others if each.value != view.value), None)
    if other is None:
        return None
    day = str(view.candidate.day)
    return {"value": _plain(view.value), "day": day}, {"value": _plain(other.value)}


def _backwards(view: View, rule: Rule) -> _Seen | None:
    later = [
        each
        for each in view.around.past
        if each.day > view.candidate.day and not each.is_estimated
    ]
    follows = min(later, key=lambda each: each.day, default=None)
    if view.is_lower and view.before is not None and not view.rolls_over(rule):
        return {"value": _plain(view.value)}, {"low": _plain(view.before.value)}
    if follows is not None and not follows.is_rolled and view.value > follows.value:
        return {"value": _plain(view.value)}, {"high": _plain(follows.value)}
    return None


def _high(view: View, rule: Rule) -> _Seen | None:
    high = most_usual(view, rule)
    if view.used is None or view.expected is None or high is None or _turned(view):
        return None
    if view.used <= high:
        return None
    return _use(view), {"high": _plain(high), "usual": _plain(view.expected)}


def most_usual(view: View, rule: Rule) -> Decimal | None:
    """The most that may be used beside what is usual."""
    if view.expected is None:
        return None
    return max(EXACT.multiply(view.expected, rule.number("times")), rule.number("least"))


def _low(view: View, rule: Rule) -> _Seen | None:
    if view.used is None or view.expected is None or view.expected < rule.number("least"):
        return None
    low = EXACT.multiply(view.expected, rule.number("share"))
    if view.used >= low:
        return None
    return _use(view), {"low": _plain(low), "usual": _plain(view.expected)}


def _neighbours(view: View, rule: Rule) -> _Seen | None:
    others = sorted(view.around.neighbours)
    if len(others) < rule.number("meters") or not view.spans or view.used is None or _turned(view):
        return None
    before = view.spans[-1].per_day
    if not before or not view.days or view.used < rule.number("least"):
        return None
    ratio = EXACT.divide(EXACT.divide(view.used, Decimal(view.days)), before)
    usual = others[len(others) // 2]
    times = rule.number("times")
    if ratio <= EXACT.multiply(usual, times):
        return None
    return {"ratio": f"{ratio:.1f}"}, {
        "high": _plain(EXACT.multiply(usual, times)),
        "usual": _plain(usual),
    }


def _spike(view: View, rule: Rule) -> _Seen | None:
    found = most_of_late(view, rule)
    if found is None or view.used is None or _turned(view):
        return None
    expected, high = found
    if view.used <= high:
        return None
    return _use(view), {"high": _plain(high), "usual": _plain(expected)}


def most_of_late(view: View, rule: Rule) -> tuple[Decimal, Decimal] | None:
    """What was used of late in so many days, and the most that may be used beside it."""
    most = view.spans[-int(rule.number("spans")) :]
    usual = usual_per_day(most)
    if usual is None or len(most) < 2:
        return None
    expected = EXACT.multiply(usual, Decimal(view.days))
    return expected, max(EXACT.multiply(expected, rule.number("times")), rule.number("least"))


def _zeros(view: View, rule: Rule) -> _Seen | None:
    """The meter used something before and has shown nothing for some spans: does it stand?"""
    wanted = int(rule.number("spans"))
    if view.used is None or view.used != 0 or len(view.spans) < wanted - 1:
        return None
    last = view.spans[len(view.spans) - (wanted - 1) :]
    if any(span.used for span in last) or not any(span.used for span in view.spans):
        return None
    return {"spans": str(wanted), "usage": "0"}, {"usual": _plain(_before_zeros(view.spans))}


def _before_zeros(spans: Sequence[Span]) -> Decimal:
    used = [span.used for span in spans if span.used]
    return EXACT.divide(sum(used, Decimal(0)), Decimal(len(used)))


def _constant(view: View, rule: Rule) -> _Seen | None:
    """The same use again and again: read at a desk, or made up."""
    wanted = int(rule.number("spans"))
    if not view.used or len(view.spans) < wanted - 1:
        return None
    last = view.spans[len(view.spans) - (wanted - 1) :]
    if any(span.used != view.used for span in last):
        return None
    return {"spans": str(wanted), "usage": _plain(view.used)}, {}


def _sum(view: View, rule: Rule) -> _Seen | None:
    parts = view.around.parts
    if parts is None or view.used is None:
        return None
    apart = abs(EXACT.subtract(view.used, parts))
    if apart <= max(rule.number("least"), EXACT.multiply(view.used, rule.number("share"))):
        return None
    return _use(view), {"sum": _plain(parts)}


def _intervals(view: View, rule: Rule) -> _Seen | None:
    """A register that shows other than its own intervals: read wrongly, or they are of another."""
    if view.around.intervals is None or view.used is None or _turned(view):
        return None
    low, high = view.around.intervals
    apart = max(rule.number("least"), EXACT.multiply(high, rule.number("share")))
    if EXACT.subtract(low, apart) <= view.used <= EXACT.add(high, apart):
        return None
    return _use(view), {"least": _plain(low), "most": _plain(high)}


def _multiplier(view: View, _rule: Rule) -> _Seen | None:
    if view.before is None:
        return None
    now = view.register.multiplier_on(view.candidate.day)
    was = view.register.multiplier_on(view.before.day)
    if now == was:
        return None
    return {"multiplier": _plain(now)}, {"multiplier": _plain(was)}


def _use(view: View) -> Mapping[str, str]:
    assert view.used is not None
    return {"usage": _plain(view.used), "days": str(view.days)}


def _turned(view: View) -> bool:
    """A register that stands lower than before is told by its own check alone."""
    return view.is_lower


# A highest demand is set back each month: it is no counter, and differences say nothing.
OF_DEMAND: Final = frozenset({"meter", "duplicate", "multiplier"})
_CHECKS: Final[Mapping[str, Callable[[View, Rule], _Seen | None]]] = {
    "meter": _meter,
    "duplicate": _duplicate,
    "backwards": _backwards,
    "high": _high,
    "low": _low,
    "neighbours": _neighbours,
    "spike": _spike,
    "zeros": _zeros,
    "constant": _constant,
    "sum": _sum,
    "intervals": _intervals,
    "multiplier": _multiplier,
}

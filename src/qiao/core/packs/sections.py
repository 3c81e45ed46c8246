"""How each section of a pack is read. A reader reports what is wrong and returns what it can."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qiao.core.packs.field_checks import read_checks
from qiao.core.packs.model import (
    ANY_PRIORITY,
    FIELD_KINDS,
    MOODS,
    OUTCOME_AFTER,
    WEEKDAYS,
    CalendarSpec,
    CaseType,
    Channel,
    Choice,
    Demo,
    DemoLine,
    DemoScene,
    Field,
    Named,
    Outcome,
    PromiseSpec,
    TargetWindow,
    Tier,
    TierTargets,
)
from qiao.core.packs.model_keys import GROUPS, PRIORITIES
from qiao.core.packs.priority_rules import read_priority_rule
from qiao.core.packs.reading import Table
from qiao.core.rules.texts import Text

MEDIA: Final = ("phone", "counter", "letter", "email", "visit", "web", "chat", "message")
MOST_AT_ONCE: Final = 20  # contacts of a channel at one person
TIER_COLOURS: Final = ("tier-a", "tier-b", "tier-c", "tier-d")
SPAN: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
LISTABLE: Final = ("choice", "choices", "bool")
TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def read_named(table: Table) -> Named:
    """A key with a name."""
    named = Named(table.key(), table.text("name"))
    table.finish()
    return named


def read_channel(table: Table) -> Channel:
    """A way in."""
    channel = Channel(
        key=table.key(),
        name=table.text("name"),
        medium=table.choice("medium", MEDIA),
        icon=table.string("icon"),
        at_once=table.integer("at_once", 1, least=1),
    )
    if channel.at_once > MOST_AT_ONCE:
        table.report("at_once", f"expected at most {MOST_AT_ONCE}, found {channel.at_once}")
    table.finish()
    return channel


def read_outcome(table: Table) -> Outcome:
    """A wrap-up result."""
    outcome = Outcome(
        key=table.key(),
        name=table.text("name"),
        resolved=table.boolean("resolved"),
        after=table.choice("after", OUTCOME_AFTER, ""),
        is_abusive=table.boolean("abusive", default=False),
    )
    table.finish()
    return outcome


def read_tier(table: Table) -> Tier:
    """A customer tier."""
    tier = Tier(
        letter=table.string("letter"),
        word=table.text("word"),
        colour=table.choice("colour", TIER_COLOURS),
        rank=table.integer("rank", least=1),
        advice=table.text("advice"),
    )
    if not re.fullmatch("[A-Z]", tier.letter):
        table.report("letter", f"expected one capital letter, found {tier.letter!r}")
    table.finish()
    return tier


def read_calendar(table: Table) -> CalendarSpec:
    """Working time by weekday; a weekday that is not named is free."""
    week_table = table.table("week")
    always = table.boolean("round_the_clock")
    calendar = CalendarSpec(
        key=table.key(),
        name=table.text("name"),
        zone=table.string("zone"),
        week={day: _spans(week_table, day) for day in WEEKDAYS},
        round_the_clock=always,
        holidays=table.choice("holidays", ("", "cn"), ""),
    )
    week_table.finish()
    if not always and not any(calendar.week.values()):
        table.report("week", "no working time; expected spans or round_the_clock = true")
    if always and any(calendar.week.values()):
        table.report("week", "spans beside round_the_clock = true; expected one of them")
    if calendar.zone and not is_zone(calendar.zone):
        table.report("zone", f"expected a time zone such as Asia/Shanghai, found {calendar.zone}")
    table.finish()
    return calendar


def _spans(table: Table, day: str) -> tuple[tuple[str, str], ...]:
    spans: list[tuple[str, str]] = []
    for number, item in enumerate(table.strings(day)):
        found = SPAN.fullmatch(item)
        start, _, end = item.partition("-")
        if found is None or not start < end <= "24:00":
            table.report(
                f"{day}[{number}]", f"expected a span such as 08:30-12:00, found {item!r}"
            )
        elif spans and start < spans[-1][1]:
            table.report(f"{day}[{number}]", f"{item} begins before {spans[-1][1]}")
        else:
            spans.append((start, end))
    return tuple(spans)


def is_zone(name: str) -> bool:
    """Whether the name is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_field(table: Table) -> Field:
    """A field of a case type or process."""
    field = Field(
        key=table.key(),
        label=table.text("label"),
        kind=table.choice("kind", FIELD_KINDS),
        choices=tuple(_choice(item) for item in table.tables("choices")),
        required=table.boolean("required"),
        show_when=table.condition("show_when"),
        hint=table.optional_text("hint"),
        unit=table.string("unit", ""),
        required_when=table.condition("required_when"),
        listed=table.boolean("listed"),
        **read_checks(table),
    )
    chosen = field.kind in ("choice", "choices")
    if chosen and len(field.choices) < 2:
        table.report("choices", f"expected at least two for kind {field.kind}")
    if field.choices and not chosen:
        table.report("choices", f"expected none for kind {field.kind}")
    if field.listed and field.kind not in LISTABLE:
        table.report("listed", f"expected only for kinds {', '.join(LISTABLE)}")
    table.finish()
    return field


def _choice(table: Table) -> Choice:
    """``{key = "…", en = "…", zh-Hans = "…", zh-Hant = "…"}``."""
    words = {key: value for key, value in table.data.items() if key != "key"}
    inner = Table({"name": words}, file=table.file, place=table.place, problems=table.problems)
    return Choice(table.key(), inner.text("name"))


@dataclass(frozen=True, slots=True)
class PromiseKind:
    """A promise as the whole pack uses it; a case type adds figures."""

    name: Text
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    pausable: bool
    warn_percent: tuple[int, int]


def read_promise_kind(table: Table) -> tuple[str, PromiseKind]:
    """A key with what starts and stops the clock."""
    warn = table.weights("warn_percent", 2) or (60, 85)
    kind = PromiseKind(
        name=table.text("name"),
        starts_on=table.strings("starts_on", required=True),
        stops_on=table.strings("stops_on", required=True),
        pausable=table.boolean("pausable", default=True),
        warn_percent=(warn[0], warn[1]),
    )
    for key, tokens in (("starts_on", kind.starts_on), ("stops_on", kind.stops_on)):
        if not tokens and table.has(key):
            table.report(key, "expected at least one kind of event")
    if not 0 < warn[0] < warn[1] < 100:
        table.report("warn_percent", f"expected two rising shares below 100, found {list(warn)}")
    found = table.key(), kind
    table.finish()
    return found


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What case types share: kinds of promises, where figures come from, and calendars."""

    kinds: Mapping[str, PromiseKind]
    sources: Mapping[str, "Source"]
    calendars: Mapping[str, CalendarSpec]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from; `public` where everybody was told."""

    name: Text
    public: bool


def read_source(table: Table) -> tuple[str, Source]:
    """A key with the words that tell where a figure comes from."""
    found = table.key(), Source(table.text("name"), table.boolean("public"))
    table.finish()
    return found


def _tier_targets(
    table: Table, day_seconds: int, sources: Mapping[str, Source]
) -> TierTargets | None:
    """``{tier = "A", targets = {...}, source = "…", since = 2026-01-01}``."""
    tier, since = table.string("tier"), table.raw("since")
    targets, named = _targets(table.table("targets"), day_seconds), table.string("source")
    source = sources.get(named)
    if not re.fullmatch("[A-Z]", tier):
        table.report("tier", f"expected one capital letter, found {tier!r}")
    if type(since) is not date:
        table.report("since", f"expected a day such as 2026-01-01, found {since!r}")
    if source is None and named:
        table.report("source", _unknown(named, sources))
    if not targets:
        table.report("targets", "expected at least one priority or * with a duration")
    table.finish()
    if source is None or type(since) is not date:
        return None
    return TierTargets(tier, targets, source.name, since)


def read_promise(table: Table, terms: PromiseTerms) -> PromiseSpec | None:
    """The figures of a promise for one case type."""
    key, calendar = table.key(), table.string("calendar")
    known = terms.calendars.get(calendar)
    if known is None and calendar:
        table.report("calendar", _unknown(calendar, terms.calendars))
    day_seconds = known.day_seconds if known else 0
    targets = _targets(table.table("targets"), day_seconds)
    windows = tuple(_window(item, day_seconds) for item in table.tables("windows"))
    tiers = [_tier_targets(item, day_seconds, terms.sources) for item in table.tables("tiers")]
    named = table.string("source")
    source = terms.sources.get(named)
    if source is None and named:
        table.report("source", _unknown(named, terms.sources))
    table.finish()
    if not targets:
        table.report("targets", "expected at least one priority or * with a duration")
    kind = terms.kinds.get(key)
    if kind is None:
        table.report("key", _unknown(key, terms.kinds))
    if kind is None or source is None:
        return None
    return PromiseSpec(
        key=key,
        name=kind.name,
        starts_on=kind.starts_on,
        stops_on=kind.stops_on,
        targets=targets,
        calendar=calendar,
        pausable=kind.pausable,
        warn_percent=kind.warn_percent,
        windows=windows,
        source=source.name,
        public=source.public,
        tiers=tuple(each for each in tiers if each is not None),
    )


def _unknown(found: str, known: Mapping[str, object]) -> str:
    return f"expected one of {', '.join(sorted(known)) or 'none'}, found {found!r}"


def _targets(table: Table, day_seconds: int) -> dict[str, int]:
    targets = {}
    for priority in table.data:
        if priority not in (*PRIORITIES, ANY_PRIORITY):
            expected = ", ".join((*PRIORITIES, ANY_PRIORITY))
            table.report(priority, f"expected one of {expected}")
            continue
        targets[priority] = table.seconds(priority, day_seconds=day_seconds)
    return targets


def _window(table: Table, day_seconds: int) -> TargetWindow:
    start, end = table.string("from"), table.string("to")
    for key, value in (("from", start), ("to", end)):
        if value and not TIME.fullmatch(value):
            table.report(key, f"expected a time such as 22:00, found {value!r}")
    window = TargetWindow(start, end, _targets(table.table("targets"), day_seconds))
    table.finish()
    return window


def read_case_type(table: Table, terms: PromiseTerms, common: tuple[Field, ...]) -> CaseType:
    """A kind of case; its own fields come before those common to the whole pack."""
    promises = [read_promise(item, terms) for item in table.tables("promises")]
    case_type = CaseType(
        key=table.key(),
        group=table.choice("group", GROUPS),
        name=table.text("name"),
        customer_name=table.optional_text("customer_name") or table.text("name"),
        process=table.string("process"),
        default_priority=table.choice("default_priority", PRIORITIES),
        fields=(*(read_field(item) for item in table.tables("fields")), *common),
        promises=tuple(promise for promise in promises if promise is not None),
        duty=table.string("duty", ""),
        skill=table.string("skill", ""),
        icon=table.string("icon", ""),
        needs_follow_up=table.boolean("needs_follow_up"),
        emergency=table.boolean("emergency"),
        safety=table.texts("safety"),
        words=table.strings("words"),
        scripts=table.strings("scripts"),
        alike=table.string("alike", ""),
        rules=tuple(read_priority_rule(item) for item in table.tables("rules")),
        takes_remarks=table.boolean("takes_remarks"),
    )
    if case_type.emergency and not case_type.safety:
        table.report("safety", "an emergency needs words of safety; expected a list of texts")
    table.finish()
    return case_type


def read_demo(table: Table) -> Demo:
    """Hints for the demo world."""
    types, channels = table.table("types"), table.table("channels")
    seasons, phrases = table.table("seasons"), table.table("phrases")
    demo = Demo(
        monthly=table.weights("monthly", 12),
        weekly=table.weights("weekly", 7),
        hourly=table.weights("hourly", 24),
        types={key: types.integer(key) for key in types.data},
        channels={key: channels.integer(key) for key in channels.data},
        seasons={key: seasons.weights(key, 12) for key in seasons.data},
        phrases={key: phrases.texts(key) for key in phrases.data},
        lines=tuple(_demo_line(row) for row in table.tables("line")),
        scenes=tuple(_demo_scene(row) for row in table.tables("scene")),
    )
    table.finish()
    return demo


def _demo_scene(table: Table) -> DemoScene:
    scene = DemoScene(
        key=table.key(),
        queue=table.key("queue"),
        keys=table.string("keys", ""),
        weight=table.integer("weight", 1, least=1),
        mood=table.choice("mood", MOODS, "calm"),
        language=table.string("language", ""),
        says=table.text("says"),
        wants=table.text("wants"),
        asked=table.text("asked"),
        glad=table.text("glad"),
    )
    table.finish()
    return scene


def _demo_line(table: Table) -> DemoLine:
    line = DemoLine(
        number=table.string("number"),
        name=table.text("name"),
        queue=table.key("queue"),
        weight=table.integer("weight", 1),
        is_emergency=table.boolean("emergency"),
        menu=table.string("menu", ""),
    )
    table.finish()
    return line

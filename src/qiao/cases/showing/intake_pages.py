"""What the pages of a log on its way in show: columns, words and what they may mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_files import LOGS
from qiao.cases.operations.intake_plan import SEPARATOR, types_at
from qiao.cases.queries.cause_choices import cause_choices
from qiao.cases.queries.choices import units
from qiao.cases.rules.intake_fields import TIMES
from qiao.cases.rules.intake_times import (
    DAY_FIRST,
    MONTH_FIRST,
    YEAR_FIRST,
    BadMoment,
    read_moment,
)
from qiao.cases.rules.intake_times import orders as possible_orders
from qiao.cases.showing.intake_words import FIELDS, NOTES, expected_word, fault_sentence
from qiao.cases.showing.names import GROUPS
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.table_pages import columns_of, fault_lines, standing
from qiao.core.wording import said
from qiao.staff.queries import local_days, organisation_names

STATE = CaseIntake.State
MOST_CODES: Final = 300  # codes that are mapped on one page, the most frequent first
MOST_WORDS: Final = 60
Choices = Sequence[tuple[str, Any]]


def order_choices() -> Choices:
    """The orders in which a day may be written."""
    return [
        (YEAR_FIRST, pgettext("order of dates", "year, month, day")),
        (MONTH_FIRST, pgettext("order of dates", "month, day, year (US)")),
        (DAY_FIRST, pgettext("order of dates", "day, month, year")),
    ]


def priority_choices() -> Choices:
    """Our priorities."""
    return [
        ("urgent", _("Urgent")),
        ("high", pgettext("priority", "High")),
        ("normal", pgettext("priority", "Normal")),
        ("low", pgettext("priority", "Low")),
    ]


def status_choices() -> Choices:
    """What a status of a log can mean."""
    return [("open", pgettext("status of a log", "Open")),
            ("closed", pgettext("status of a log", "Closed"))]  # fmt: skip


def type_choices(job: CaseIntake) -> Choices:
    """Our case types by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in types_at(job.organisation_id).values():
        groups.setdefault(kind.group, []).append((kind.key, said(kind.name)))
    return [(str(GROUPS.get(group, group)), rows) for group, rows in groups.items()]


def channel_choices() -> Choices:
    """Channels of the enabled packs, each once."""
    found = {c.key: said(c.name) for p in catalogue().packs.values() for c in p.channels}
    return list(found.items())


def word_lists(job: CaseIntake) -> dict[str, list[tuple[str, int]]]:
    """The words of the log by kind with their counts, in the order of the page."""
    found = job.findings
    codes = [(code, count) for code, count in found.get("codes", [])][:MOST_CODES]
    return {
        "types": codes,
        "causes": codes,
        "statuses": [tuple(each) for each in found.get("statuses", [])][:MOST_WORDS],
        "priorities": [tuple(each) for each in found.get("priorities", [])][:MOST_WORDS],
        "channels": [tuple(each) for each in found.get("channels", [])][:MOST_WORDS],
    }


def _options(job: CaseIntake, now: datetime) -> dict[str, Choices]:
    day = local_days(now)[job.organisation_id]
    return {
        "types": type_choices(job),
        "causes": cause_choices(day=day),
        "statuses": status_choices(),
        "priorities": priority_choices(),
        "channels": channel_choices(),
    }


def allowed_words(job: CaseIntake, *, now: datetime) -> dict[str, list[str]]:
    """The keys that each kind of words may be given."""
    return {kind: list(_keys(rows)) for kind, rows in _options(job, now).items()}


def _keys(rows: Choices) -> Any:
    for key, label in rows:
        if isinstance(label, list | tuple):
            yield from (inner for inner, _label in label)
        else:
            yield key


def file_context(
    job: CaseIntake, *, actor: Actor, post: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """All that the page of a file before its start shows."""
    context: dict[str, Any] = {
        "job": job,
        "unit": organisation_names([job.organisation_id])[job.organisation_id],
        "steps": _steps(job),
        **standing(LOGS, job),
    }
    if job.state == STATE.MAPPING:
        context |= _columns(job, actor, post)
    elif job.state == STATE.CHECKED:
        context |= _found(job, now)
    return context


def _steps(job: CaseIntake) -> list[dict[str, str]]:
    at = {STATE.CHECKED: 2, STATE.CHECKING: 1}.get(STATE(job.state), 0)
    labels = (_("Name the columns"), _("Check the rows"), _("Name the words, take it in"))
    return [
        {"label": label, "state": "done" if n < at else "now" if n == at else ""}
        for n, label in enumerate(labels)
    ]


def _columns(job: CaseIntake, actor: Actor, post: Mapping[str, str]) -> dict[str, Any]:
    settings = {key: post.get(key, value) for key, value in job.settings.items()}
    columns = columns_of(job, post)
    times = [c for c in columns if c["field"] in TIMES]
    values = [value for column in times for value in column["samples"]]
    teams = units(
        actor=actor, permission="cases.view", kinds=["team"], language=get_language() or "en"
    )
    return {
        "settings": settings,
        "columns": columns,
        "fields": FIELDS.items(),
        "zones": sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        "orders": order_choices(),
        "is_ambiguous": len(possible_orders(values)) > 1,
        "read": _read(values, settings),
        "teams": [(str(team.unit_id), f"{team.name} · {team.parent}") for team in teams],
        "types": type_choices(job),
    }


def _read(values: Sequence[str], settings: Mapping[str, str]) -> list[tuple[str, str]]:
    """The first moments of the file and how they are read, for people to compare."""
    if settings["zone"] not in available_timezones():
        return []
    zone, told = ZoneInfo(settings["zone"]), []
    for value in values[:6]:
        for order, label in order_choices():
            if settings["order"] and order != settings["order"]:
                continue
            try:
                at = read_moment(value, zone=zone, order=order).at
            except BadMoment:
                continue
            words = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z} = {at:%Y-%m-%d %H:%M:%S} UTC"
            told.append((value, words if settings["order"] else f"{words} ({label})"))
            if value[:4].isdecimal():
                break
    return told


def _found(job: CaseIntake, now: datetime) -> dict[str, Any]:
    found, options = job.findings, _options(job, now)
    words = word_lists(job)
    causes = job.choices.get("causes", {})
    types = job.choices.get("types", {})
    codes = [
        {
            "place": place,
            "type": code.partition(SEPARATOR)[0],
            "sub": code.partition(SEPARATOR)[2],
            "count": count,
            "chosen": types.get(code, ""),
            "cause": causes.get(code, ""),
        }
        for place, (code, count) in enumerate(words["types"])
    ]
    default = dict(pair for _group, rows in options["types"] for pair in rows).get(
        job.settings["type"], job.settings["type"]
    )
    return {
        "found": found,
        "faults": fault_lines(found, _told),
        "codes": codes,
        "unmapped": sum(code["count"] for code in codes if not code["chosen"]),
        "more_codes": found["different"]["codes"] - len(codes),
        "default_type": default,
        "options": options,
        "words": _words(job, words),
        "notes": [(NOTES[note], count, rows) for note, count, rows in found.get("notes", [])],
    }


def _told(field: str, code: str) -> dict[str, str]:
    return {"what": fault_sentence(field, code), "expected": expected_word(code)}


def _words(job: CaseIntake, words: Mapping[str, list[tuple[str, int]]]) -> list[dict[str, Any]]:
    titles = {
        "statuses": _("Statuses"),
        "priorities": _("Priorities"),
        "channels": _("Channels"),
    }
    return [
        {
            "kind": kind,
            "title": title,
            "rows": [
                {"place": place, "word": word, "count": count,
                 "chosen": job.choices.get(kind, {}).get(word, "")}
                for place, (word, count) in enumerate(words[kind])
            ],
        }
        for kind, title in titles.items()
        if words[kind]
    ]  # fmt: skip

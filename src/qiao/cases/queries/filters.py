"""What a list of cases is narrowed by, as values, and as the conditions of its statement."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from qiao.cases.queries.answers import narrow_by_answers
from qiao.cases.queries.causes import ids_under
from qiao.cases.queries.report_figures import narrow_by_figure
from qiao.cases.queries.searching import HOLDS, read_words
from qiao.core.actor import Actor
from qiao.customers.queries import stands_for
from qiao.staff.queries import subtree_of

OPEN_VIEWS: Final = (
    "mine",
    "team",
    "responsible",
    "unassigned",
    "late",
    "due_soon",
    "urgent",
    "follow_up",
    "paused",
    "snoozed",
    "returned",
    "open",
)
ARCHIVE_VIEWS: Final = ("closed", "all")
VIEWS: Final = OPEN_VIEWS + ARCHIVE_VIEWS
PROMISES: Final = {"kept": "c.promise_kept", "missed": "NOT c.promise_kept"}
NOTHING: Final = "-"
ZONE_MARGIN: Final = timedelta(hours=14)  # a local day lies within this of the same day in UTC
# What another case is worked on for is nobody's work by itself.
WORK: Final = "c.closed_at IS NULL AND c.merged_into_id IS NULL AND c.parent_id IS NULL"
# What the reader, or a team of the reader, has set aside and not got back yet.
ASIDE: Final = """
SELECT z.case_id FROM cases_casesnooze z
 WHERE z.ended_at IS NULL AND z.returned_at IS NULL AND z.staff_id = %(me)s
 UNION ALL
SELECT z.case_id FROM cases_casesnooze z
 WHERE z.ended_at IS NULL AND z.returned_at IS NULL AND z.team_id = ANY(%(my_teams)s::bigint[])
"""
RETURNED: Final = ASIDE.replace("z.returned_at IS NULL", "z.returned_at IS NOT NULL")
STANDING: Final = (
    "c.opened_date <= %(open_on)s AND (c.closed_at IS NULL OR c.closed_date > %(open_on)s)"
)
_MANY: Final = {
    "priority": "priority",
    "channel": "channel",
    "area": "area",
    "phase": "phase",
    "level": "level",
    "step": "step",
}
_ONE: Final = {"team": "team_id", "person": "assignee_id", "responsible": "responsible_id"}
_CONDITIONS: Final = {
    "unassigned": "c.assignee_id IS NULL",
    # Who is late is past due: the range lets the index stop early, the level decides.
    "late": "c.level = 'late' AND c.due_at <= %(now)s",
    "due_soon": "c.level IN ('warn', 'bad')",
    "urgent": "c.priority = 'urgent'",
    "follow_up": "c.phase = 'confirm'",
    "paused": "c.is_paused",
    "snoozed": f"c.id = ANY(ARRAY({ASIDE}))",
    "returned": f"c.id = ANY(ARRAY({RETURNED}))",
    "mine": f"NOT c.id = ANY(ARRAY({ASIDE}))",
    "team": f"NOT c.id = ANY(ARRAY({ASIDE}))",
    "responsible": f"NOT c.id = ANY(ARRAY({ASIDE}))",
    "closed": "c.closed_at IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything that may narrow a list; empty means not narrowed.

    Tuples mean “one of these”. Days are local to the organisation and inclusive. `promise` is
    ``kept``, ``missed`` or ``running``; `text` is looked for in all words of a case. `unit` stands
    for itself and all units below it. The area ``-`` asks for cases without one,
    and so does the cause ``-``; other causes stand for all below them and merged into them. The
    tier ``-`` stands for customers without one; `nobody` for cases without a customer.
    An `answer` is ``field:value`` of a case's own form.
    `figure` asks for the cases that a figure of the reports counts, with ``:all`` for those that
    it is a share of; `open_on` for those open at the end of a day, as far as they have not been
    reopened since; `only` for units without those below them.
    """

    type: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    step: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    tag: int | None = None
    team: int | None = None
    person: int | None = None
    responsible: int | None = None
    unit: int | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    promise: str = ""
    pack: str = ""
    escalated: bool = False
    nobody: bool = False
    figure: str = ""
    open_on: date | None = None
    only: tuple[int, ...] = ()
    text: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is narrowed."""
        return self != Filters()

    def without(self, name: str) -> "Filters":
        """The same filters with one of them taken back."""
        return replace(self, **{name: getattr(Filters(), name)})


@dataclass(frozen=True, slots=True)
class Scope:
    """The key that a list's index is entered by, with its values."""

    column: str
    ids: tuple[int, ...]


def scope_of(view: str, filters: Filters, actor: Actor) -> Scope:
    """By person or team where the view or a filter names one, else by organisation."""
    me = () if actor.staff_id is None else (actor.staff_id,)
    by_view = {
        "mine": Scope("assignee_id", me),
        "team": Scope("team_id", actor.team_ids),
        "responsible": Scope("responsible_id", me),
    }
    if view in by_view:
        return by_view[view]
    if view not in ARCHIVE_VIEWS:
        for name, column in _ONE.items():
            value = getattr(filters, name)
            if value is not None:
                return Scope(column, (value,))
    organisations = actor.organisations("cases.view")
    if filters.unit is not None:
        below = subtree_of(filters.unit)
        organisations = tuple(o for o in organisations if o in below)
    return Scope("organisation_id", organisations)


def conditions(
    view: str, filters: Filters, actor: Actor, now: datetime
) -> tuple[list[str], dict[str, Any]]:
    """The WHERE parts beside the scope's own, on the alias ``c``, and their parameters."""
    parts = [WORK] if view in OPEN_VIEWS else []
    parameters: dict[str, Any] = {
        "organisations": list(actor.organisations("cases.view")),
        "now": now,
        "me": actor.staff_id or 0,
        "my_teams": list(actor.team_ids),
    }
    if scope_of(view, filters, actor).column != "organisation_id":
        parts.append("c.organisation_id = ANY(%(organisations)s)")
        if filters.unit is not None:
            parts.append("c.organisation_id = ANY(%(unit)s)")
            parameters["unit"] = list(subtree_of(filters.unit))
    if view in _CONDITIONS:
        parts.append(_CONDITIONS[view])
    _narrow_by_values(filters, parts, parameters)
    narrow_by_type(filters, parts, parameters)
    _narrow_by_cause(filters, parts, parameters)
    _narrow_by_customer(filters, parts, parameters)
    narrow_by_answers(filters.answer, parts, parameters)
    _narrow_by_days(filters, parts, parameters)
    _narrow_by_text(filters, parts, parameters)
    _narrow_by_report(filters, actor, parts, parameters)
    return parts, parameters


def _narrow_by_values(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    for name, column in _MANY.items():
        if values := getattr(filters, name):
            parts.append(f"c.{column} = ANY(%(f_{name})s)")
            parameters[f"f_{name}"] = ["" if v == NOTHING else v for v in values]
    for name, column in _ONE.items():
        if (value := getattr(filters, name)) is not None:
            parts.append(f"c.{column} = %(f_{name})s")
            parameters[f"f_{name}"] = value
    if filters.promise:
        parts.append(PROMISES.get(filters.promise, "c.promise_kept IS NULL"))
    if filters.escalated:
        parts.append("c.escalated")
    if filters.nobody:
        parts.append("c.customer_id IS NULL")


def narrow_by_type(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    """By types, groups of them and packs."""
    packs = (filters.pack,) if filters.pack else ()
    by_type = (("type", "key", filters.type), ("group", '"group"', filters.group))
    for name, column, values in (*by_type, ("pack", "pack", packs)):
        if values:
            parts.append(
                "c.case_type_id = ANY(ARRAY(SELECT id FROM cases_casetype"  # noqa: S608 - own names
                f" WHERE {column} = ANY(%(f_{name})s)))"
            )
            parameters[f"f_{name}"] = list(values)


def _narrow_by_cause(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    if not filters.cause:
        return
    wanted = "c.main_cause_id = ANY(%(f_cause)s)"
    parts.append(f"({wanted} OR c.main_cause_id IS NULL)" if NOTHING in filters.cause else wanted)
    parameters["f_cause"] = ids_under(filters.cause)


def _narrow_by_customer(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    """By the tier or a tag of who stands for the case's customer now."""
    asked = []
    if filters.tier:
        asked.append("cu.tier = ANY(%(f_tier)s)")
        parameters["f_tier"] = ["" if v == NOTHING else v for v in filters.tier]
    if filters.tag is not None:
        asked.append(
            "EXISTS (SELECT 1 FROM customers_customertag g"
            " WHERE g.customer_id = cu.id AND g.tag_id = %(f_tag)s)"
        )
        parameters["f_tag"] = filters.tag
    if asked:
        parts.append(
            "EXISTS (SELECT 1 FROM customers_customer held"  # noqa: S608 - own pieces
            f" JOIN customers_customer cu ON cu.id = {stands_for('held')}"
            f" WHERE held.id = c.customer_id AND {' AND '.join(asked)})"
        )


def _narrow_by_days(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    """The day decides; a range on the moment, which is indexed, stands beside it."""
    if filters.opened_from:
        parts.append("c.opened_date >= %(opened_from)s AND c.opened_at >= %(opened_after)s")
        parameters["opened_from"] = filters.opened_from
        parameters["opened_after"] = _midnight(filters.opened_from) - ZONE_MARGIN
    last_opened = min(filter(None, (filters.opened_to, filters.closed_to)), default=None)
    if last_opened:
        parts.append("c.opened_at < %(opened_before)s")
        parameters["opened_before"] = _midnight(last_opened) + timedelta(days=1) + ZONE_MARGIN
    if filters.opened_to:
        parts.append("c.opened_date <= %(opened_to)s")
        parameters["opened_to"] = filters.opened_to
    if filters.closed_from:
        parts.append("c.closed_date >= %(closed_from)s")
        parameters["closed_from"] = filters.closed_from
    if filters.closed_to:
        parts.append("c.closed_date <= %(closed_to)s")
        parameters["closed_to"] = filters.closed_to


def _midnight(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")


def _narrow_by_text(filters: Filters, parts: list[str], parameters: dict[str, Any]) -> None:
    """By a look at the words of each case; who expects few finds them first (`searching`)."""
    if not filters.text.strip():
        return
    words = read_words(filters.text)
    parts.append(HOLDS if words else "false")
    parameters.update(words.values if words else {})


def _narrow_by_report(
    filters: Filters, actor: Actor, parts: list[str], parameters: dict[str, Any]
) -> None:
    """To the cases behind a number of a report."""
    if filters.open_on:
        parts.append(STANDING)
        parameters["open_on"] = filters.open_on
    if filters.only:
        parts.append("c.organisation_id = ANY(%(only)s::bigint[])")
        parameters["only"] = list(filters.only)
    if filters.figure:
        last = filters.closed_to or filters.opened_to
        narrow_by_figure(filters.figure, actor, parts, parameters, last)

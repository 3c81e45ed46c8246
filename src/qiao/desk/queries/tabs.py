"""What a person has open, with words and rights of today: one statement, whatever is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from qiao.core.actor import Actor
from qiao.core.manifest import TabKind
from qiao.core.panels import Scopes
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.desk.rules.tabs import MainTab, Open, group, key_of

MAY = "customers.view"
_OPEN = """
SELECT t.id, t.kind, t.subject_id, t.opened_at, t.seen_at,
       w.label, w.title, w.has_draft, w.holder, w.holder_name
  FROM desk_tab t JOIN LATERAL ({kinds}) w ON true
 WHERE t.staff_id = %(me)s AND t.closed_at IS NULL
"""
_ONE = """
SELECT 0, t.kind, t.subject_id, now(), now(),
       w.label, w.title, w.has_draft, w.holder, w.holder_name
  FROM (SELECT %(kind)s::text AS kind, %(subject)s::bigint AS subject_id) t
  JOIN LATERAL ({kinds}) w ON true
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that has a page of its own and may stand as a tab."""

    kind: str
    subject_id: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The tabs of a person, and which of them the page at hand is.

    `coming` is the page's own subject while it has no tab yet.
    """

    tabs: list[MainTab]
    here: str
    subject: Subject | None
    known: bool

    @property
    def current(self) -> MainTab | None:
        """The main tab of the page at hand."""
        return next((tab for tab in self.tabs if tab.key == self.here), None)

    @property
    def recent(self) -> list[MainTab]:
        """The same, what was looked at last first."""
        return sorted(self.tabs, key=lambda tab: tab.seen_at, reverse=True)


def may_keep_tabs(actor: Actor | None) -> bool:
    """Whether somebody has tabs at all: people who see customers."""
    return actor is not None and actor.staff_id is not None and actor.can(MAY)


def subject_at(path: str) -> Subject | None:
    """What the page of an address is about; None where its page is no tab."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return _subject(match.view_name, match.kwargs)


def is_page(path: str) -> bool:
    """Whether an address is one of ours: what somebody is sent on to is never anything else."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def subject_of(request: HttpRequest) -> Subject | None:
    """What the page at hand is about."""
    match = request.resolver_match
    return _subject(match.view_name, match.kwargs) if match else None


def _subject(view_name: str, arguments: Mapping[str, Any]) -> Subject | None:
    for kind in registry.tab_kinds():
        if kind.url_name == view_name and set(arguments) == {kind.argument}:
            return Subject(kind.key, int(arguments[kind.argument]))
    return None


def open_tabs(actor: Actor) -> list[MainTab]:
    """What a person has open, as far as they may see it today."""
    return group(_read(actor, _OPEN, {}))


def strip_of(actor: Actor, subject: Subject | None) -> Strip:
    """The tabs with the mark of the page at hand; one statement."""
    opened = _read(actor, _OPEN, {})
    mine = [each for each in opened if subject == Subject(each.kind, each.subject_id)]
    return Strip(group(opened), key_of(mine[0]) if mine else "", subject, bool(mine))


def look_up(actor: Actor, subject: Subject) -> Open | None:
    """What a tab of it would say; None for what the actor may not see."""
    found = _read(actor, _ONE, {"kind": subject.kind, "subject": subject.subject_id})
    return found[0] if found else None


def _read(actor: Actor, statement: str, values: Mapping[str, Any]) -> list[Open]:
    kinds = {kind.key: kind for kind in registry.tab_kinds() if actor.can(kind.permission)}
    if not kinds:
        return []
    scopes = Scopes(actor)
    parts = [
        f"SELECT * FROM ({scopes.bind(kind.sql, kind.permission)}) {_alias(number)}"  # noqa: S608
        f" WHERE t.kind = '{key}'"
        for number, (key, kind) in enumerate(kinds.items())
    ]
    sql = statement.format(kinds=" UNION ALL ".join(parts))
    rows = fetch_all(sql, {"me": actor.person_id, **values, **scopes.parameters()})
    return [_open(kinds[row[1]], row) for row in rows]


def _alias(number: int) -> str:
    return f"k{number}"


def _open(kind: TabKind, row: tuple[Any, ...]) -> Open:
    tab_id, key, subject_id, opened_at, seen_at, label, title, draft, holder, name = row
    return Open(
        tab_id=tab_id,
        kind=key,
        subject_id=subject_id,
        opened_at=opened_at,
        seen_at=seen_at,
        label=label,
        title=title,
        icon=kind.icon,
        url=reverse(kind.url_name, kwargs={kind.argument: subject_id}),
        has_draft=draft,
        holder=holder,
        holder_name=name or "",
        is_holder=kind.is_holder,
    )

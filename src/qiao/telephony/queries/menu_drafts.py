"""Voice menus as those who edit them see them: lines, versions, drafts, calls of a week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from qiao.core.actor import Actor, Forbidden
from qiao.staff.queries import company_id, packs_in_use
from qiao.telephony.models import Line, VoiceMenu, VoiceMenuDraft
from qiao.telephony.queries.levels import RIGHT as FIGURES
from qiao.telephony.queries.levels import Wanted, tallies
from qiao.telephony.rights import MENUS

WEEK: Final = timedelta(days=7)
State = VoiceMenuDraft.State


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A menu in the list. `calls` are those that its lines met in the last seven days, by the kept
    figures; None where they are not asked for or may not be seen. `is_own` tells that the actor
    may edit it."""

    current: VoiceMenu
    lines: tuple[Line, ...]
    draft: VoiceMenuDraft | None
    calls: int | None
    is_own: bool


class MenuNotVisible(LookupError):  # noqa: N818 - a refusal, not a fault
    """There is no such menu, or none of its lines is the actor's."""


def lines_by_menu() -> Mapping[str, tuple[Line, ...]]:
    """Lines that lead to each menu, in the order of their numbers."""
    found: dict[str, list[Line]] = {}
    for line in Line.objects.filter(is_active=True).exclude(menu="").order_by("number"):
        found.setdefault(line.menu, []).append(line)
    return {key: tuple(lines) for key, lines in found.items()}


def _holders(lines: Sequence[Line], company: int) -> set[int]:
    """Units whose calls a menu meets; the company's where no line leads to it."""
    return {line.organisation_id for line in lines} or {company}


def require_menu(actor: Actor, key: str) -> None:
    """Raises `qiao.core.actor.Forbidden` unless the actor may edit menus wherever a line that
    leads to this one belongs."""
    if not _holders(lines_of_menu(key), company_id()) <= set(actor.organisations(MENUS)):
        raise Forbidden(MENUS)


def list_menus(*, actor: Actor, now: datetime) -> list[MenuRow]:
    """Menus to which a line of the actor's units leads, and for the whole company's editors those
    without any line of the packs that some unit has, by key."""
    lines, packs = lines_by_menu(), packs_in_use()
    rows = [
        row
        for row in _rows(actor, VoiceMenu.objects.all(), lines)
        if row.lines or row.current.key.partition(".")[0] in packs
    ]
    calls = _calls_of_lines(actor, now)
    if calls is None:
        return rows
    return [replace(row, calls=sum(calls.get(each.pk, 0) for each in row.lines)) for row in rows]


def _rows(
    actor: Actor, versions: QuerySet[VoiceMenu], lines: Mapping[str, tuple[Line, ...]]
) -> list[MenuRow]:
    """The newest of these versions by menu, as far as the actor sees them, without figures."""
    actor.require(MENUS)
    own, company = set(actor.organisations(MENUS)), company_id()
    rows = versions.order_by("key", "-version").distinct("key")
    shown = [each for each in rows if _holders(lines.get(each.key, ()), company) & own]
    keys = [each.key for each in shown]
    open_drafts = VoiceMenuDraft.objects.filter(key__in=keys, state=State.OPEN)
    drafts = {each.key: each for each in open_drafts.select_related("changed_by")}
    return [
        MenuRow(
            current,
            lines.get(current.key, ()),
            drafts.get(current.key),
            None,
            _holders(lines.get(current.key, ()), company) <= own,
        )
        for current in shown
    ]


def _calls_of_lines(actor: Actor, now: datetime) -> Mapping[int, int] | None:
    if not actor.can(FIGURES):
        return None
    wanted = Wanted(now - WEEK, now)
    found = tallies(actor=actor, wanted=wanted, by="line")
    return {int(key): tally.offered + tally.left_early for key, tally in found.items()}


def menu_row(*, actor: Actor, key: str) -> MenuRow:
    """One menu of the list, without figures. Raises `MenuNotVisible`, `Forbidden`."""
    rows = _rows(actor, VoiceMenu.objects.filter(key=key), {key: lines_of_menu(key)})
    if not rows:
        raise MenuNotVisible(key)
    return rows[0]


def newest_menu(key: str) -> VoiceMenu:
    """The version that is in service. Raises `VoiceMenu.DoesNotExist`."""
    return VoiceMenu.objects.filter(key=key).order_by("-version")[:1].get()


def lines_of_menu(key: str) -> tuple[Line, ...]:
    """Lines that lead to a menu, in the order of their numbers."""
    return tuple(Line.objects.filter(is_active=True, menu=key).order_by("number"))


def menu_versions(key: str) -> list[VoiceMenu]:
    """All versions of a menu, the newest first, with who published them."""
    rows = VoiceMenu.objects.filter(key=key).order_by("-version")
    return list(rows.select_related("published_by"))


def menu_version(key: str, version: int) -> VoiceMenu | None:
    """A version of a menu with who published it; None if there is none."""
    rows = VoiceMenu.objects.filter(key=key, version=version)
    return rows.select_related("published_by").first()


def menu_drafts(key: str) -> list[VoiceMenuDraft]:
    """Drafts of a menu that are open or were put away, the one changed last first."""
    rows = VoiceMenuDraft.objects.filter(key=key).exclude(state=State.PUBLISHED)
    rows = rows.order_by("-changed_at", "-pk")
    return list(rows.select_related("based_on", "begun_by", "changed_by"))


def open_draft(*, actor: Actor, key: str) -> VoiceMenuDraft | None:
    """The draft of a menu that is open. Raises `Forbidden` for a menu that the actor may not
    edit."""
    require_menu(actor, key)
    rows = VoiceMenuDraft.objects.filter(key=key, state=State.OPEN)
    return rows.select_related("based_on", "changed_by").first()

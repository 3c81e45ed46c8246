"""Voice menus as they are in service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from qiao.telephony.models import Line, VoiceMenu
from qiao.telephony.rules.confirm_words import confirm_pieces
from qiao.telephony.rules.menu_data import MenuUnreadable, menu_from_data
from qiao.telephony.rules.menus import LANGUAGES, Menu
from qiao.telephony.rules.notice import languages_without_notice
from qiao.telephony.rules.speech import Piece, known_pieces


def every_piece() -> frozenset[Piece]:
    """All that callers may hear from the menus in service, but for words that answers bring; and
    what whoever is on duty hears before an emergency is theirs."""
    found = confirm_pieces()
    for key in VoiceMenu.objects.values_list("key", flat=True).distinct().order_by("key"):
        menu = menu_in_service(key)
        if menu is not None:
            found |= known_pieces(menu)
    return found


def new_pieces(menu: Menu) -> frozenset[Piece]:
    """What a menu would say that no menu in service says."""
    return known_pieces(menu) - every_piece()


def lines_without_notice() -> Sequence[tuple[str, tuple[str, ...]]]:
    """Numbers of the lines that record calls without saying so, with the languages in which their
    voice menu is silent about it. A greeting of a person's own is trusted to say it."""
    found = []
    for line in Line.objects.filter(is_active=True, is_recorded=True).order_by("number"):
        menu = menu_in_service(line.menu)
        missing = languages_without_notice(menu) if menu else LANGUAGES
        if missing and not line.greeting:
            found.append((line.number, missing))
    return found


log: Final = structlog.get_logger(__name__)
_read: dict[tuple[str, str], Menu] = {}


@dataclass(frozen=True, slots=True)
class Served:
    """A menu as it is in service, or was when a call began."""

    menu: Menu
    version: int


def menus_to_choose() -> Sequence[str]:
    """Menus of which a version was ever published, by their keys."""
    return list(VoiceMenu.objects.order_by("key").values_list("key", flat=True).distinct())


def menu_in_service(key: str) -> Menu | None:
    """The newest published version of a menu; None where there is none that can be read."""
    found = served_menu(key)
    return found.menu if found else None


def served_menu(key: str, version: int = 0) -> Served | None:
    """A published version of a menu, the newest for 0; None where it is not there or cannot be
    read.

    One short statement; a version that was read before is not read again.
    """
    if not key:
        return None
    rows = VoiceMenu.objects.filter(key=key)
    rows = rows.filter(version=version) if version else rows.order_by("-version")
    found = rows.values_list("digest", "version").first()
    if found is None:
        return None
    digest, number = found
    if (key, digest) not in _read:
        row = VoiceMenu.objects.get(key=key, version=number)
        try:
            _read[key, digest] = menu_from_data(row.data)
        except MenuUnreadable:  # of another version of the program: callers reach people at once
            log.exception("menu_unreadable", key=key, version=number)
            return None
    return Served(_read[key, digest], number)

"""A draft of a voice menu tried on the screen, without any call."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.calendars import is_open
from qiao.core.http import StaffRequest, staff_view
from qiao.telephony.models import Line
from qiao.telephony.queries import lines_of_menu
from qiao.telephony.rights import MENUS
from qiao.telephony.rules.menu_trial import (
    KEPT,
    MOST_MOVES,
    PROMISED,
    REFUSED,
    SILENCE,
    Terms,
    Trial,
    hinders,
    play,
    speaking,
)
from qiao.telephony.rules.menus import Hours, Menu
from qiao.telephony.rules.speech import heard_at
from qiao.telephony.showing.menu_faults import fault_words
from qiao.telephony.showing.menu_pane import look
from qiao.telephony.showing.menu_trial import (
    course_lines,
    example_lists,
    examples,
    possible_answers,
)
from qiao.telephony.showing.menu_words import language_name, menu_name, step_title
from qiao.telephony.views.menu_drafts import get_draft, reading
from qiao.telephony.views.menus import show
from qiao.telephony.views.phone import KEYS

EXAMPLE_CALLER: Final = "13800000000"
WHEN: Final = ("now", "day", "night")
LONGEST: Final = 4_000


@staff_view(MENUS)
@reading
def try_draft(request: StaffRequest, key: str) -> HttpResponse:
    """Walk through the draft: its address holds how it is tried and all moves so far."""
    draft = get_draft(request, key)
    looked = look(draft)
    found = hinders(looked.faults)
    given = request.GET
    language = given.get("language", "")
    spoken = looked.menu.languages
    language = language if language in spoken else next(iter(spoken), "")
    moves = _moves(given)
    kept = {
        "language": language,
        "when": _when(given),
        "at": given.get("at", "") if _moment(given) else "",
        "hidden": "1" if given.get("hidden") == "1" else "",
    }
    context: dict[str, Any] = {
        "draft": draft,
        "key": key,
        "name": menu_name(key),
        "fault_count": len(looked.faults),
        "hinders": [
            (each.node, step_title(looked.menu, each.node) if each.node else _("The menu itself"),
             fault_words(looked.menu, each))
            for each in found
        ],
        "languages": [(each, language_name(each)) for each in spoken],
        "language": language,
        "when": kept["when"],
        "at": kept["at"],
        "is_hidden": bool(kept["hidden"]),
        "moves": " ".join(moves),
        "has_moves": bool(moves),
        "kept": kept,
        "back_query": urlencode(kept | {"moves": " ".join(moves[:-1])}),
        "again_query": urlencode(kept),
        "keys": KEYS,
        "has_phone": settings.SWITCH == "played",
        "lines": lines_of_menu(key),
    }  # fmt: skip
    if not found:
        menu = speaking(looked.menu, language, _("(no words in this language yet)"))
        trial = play(menu, moves, _terms(request, menu, context["lines"]))
        context |= _shown(menu, trial) | {"here": step_title(looked.menu, trial.visit.node)}
    if request.htmx:
        return render(request, "telephony/menus/_trial.html", context)
    return show(request, "try.html", context)


def _shown(menu: Menu, trial: Trial) -> dict[str, Any]:
    waits = trial.waits
    return {
        "waits": waits,
        "course": course_lines(menu, trial),
        "said": heard_at(menu, trial.visit) if waits == "keys" else "",
        "digits": trial.visit.digits,
        "answers": possible_answers(trial),
        "spoken": language_name(trial.visit.language),
        "silence": SILENCE,
        "kept_move": KEPT,
        "promised": PROMISED,
        "refused_move": REFUSED,
    }


def _moves(given: QueryDict) -> list[str]:
    """Moves so far and the one that was pressed now."""
    moves = given.get("moves", "")[:LONGEST].split()
    pressed = given.get("move", "").split()
    return [*moves, *pressed][:MOST_MOVES]


def _when(given: QueryDict) -> str:
    chosen = given.get("when", "")
    return chosen if chosen in WHEN else "now"


def _moment(given: QueryDict) -> datetime | None:
    """The moment for which it is tried; None for what is none."""
    try:
        found = datetime.fromisoformat(given.get("at", ""))
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _terms(request: StaffRequest, menu: Menu, lines: tuple[Line, ...]) -> Terms:
    at = _moment(request.GET) or request.now
    calendars = {node.calendar for node in menu.nodes if isinstance(node, Hours)}
    when = _when(request.GET)
    if when == "now":
        calendars = {each for each in calendars if is_open(each, at)}
    elif when == "night":
        calendars = set()
    return Terms(
        at=at,
        caller="" if request.GET.get("hidden") == "1" else EXAMPLE_CALLER,
        dialled=lines[0].number if lines else "",
        open_calendars=frozenset(calendars),
        examples=examples(timezone.localtime(at)),
        lists=example_lists(),
    )

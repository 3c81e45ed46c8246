"""Addresses of voice menus: they belong to whoever's lines lead there."""

from typing import Final

from tests.walker.visits.addressed import GONE, MOVED, NOT_ALLOWED, Visit

MENU: Final = {"key": "{menu}"}
NIGHT: Final = {
    "step": "night", "seen": "{menu_seen}", "key": "night", "keys-4": "leave", "otherwise": "bye",
}  # fmt: skip
REVISION: Final = {"revision": "{menu_revision}"}
MENUS: Final = {
    "telephony:menus": Visit(),
    "telephony:menu": Visit(MENU),
    "telephony:menu_version": Visit({**MENU, "number": "1"}),
    "telephony:menu_compare": Visit(MENU, ("before=1&after=1", "before=1&after=draft")),
    "telephony:menu_begin": Visit(MENU, post={"version": "1"}, get=NOT_ALLOWED),
    "telephony:menu_restore": Visit(MENU, post={"draft": "{dropped_menu_draft}"}, get=NOT_ALLOWED),
    "telephony:menu_draft": Visit(MENU, ("step=main", "step=progress", "step=nowhere")),
    "telephony:menu_step": Visit(MENU, post=NIGHT, get=MOVED),
    "telephony:menu_add": Visit(MENU, post={"kind": "say", "step": "main"}, get=NOT_ALLOWED),
    "telephony:menu_remove": Visit(
        MENU, post={"step": "night", "seen": "{menu_seen}"}, get=NOT_ALLOWED
    ),
    "telephony:menu_move": Visit(MENU, post={"step": "night", "to": "earlier"}, get=NOT_ALLOWED),
    "telephony:menu_try": Visit(MENU, ("moves=answer:none+0&when=night", "at=x&moves=x")),
    "telephony:menu_publish": Visit(MENU, post=REVISION | {"reason": "x"}),
    "telephony:menu_drop": Visit(MENU, post=REVISION, get=NOT_ALLOWED),
    "telephony:menu_sound": Visit(MENU, get=GONE),
}

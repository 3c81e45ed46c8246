"""Voice menus are put into service: those of packs, and those that people edited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import MenuSource
from qiao.core.packs.qualify import qualify
from qiao.core.packs.reading import PackInvalid, PackProblem
from qiao.core.registry import registry
from qiao.core.rules.digests import digest_of_data
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.telephony.models import VoiceMenu
from qiao.telephony.queries.menu_drafts import require_menu
from qiao.telephony.rules.menu_checks import Fault, faults
from qiao.telephony.rules.menu_data import MenuUnreadable, data_of_menu, menu_from_data
from qiao.telephony.rules.menus import Hours, Lookup, Menu, Queue, ReadOut

REASON_LENGTH: Final = 500
_ASKED: Final = {Lookup: "lookup", ReadOut: "list"}  # kinds of nodes that ask other modules
OF_PACK: Final = ("queue", "calendar", "about")  # fields whose keys belong to the menu's pack


class MenuFaulty(Exception):  # noqa: N818 - a refusal, not a fault
    """A menu with faults is not put into service; `faults` tell every one."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{each.node}.{each.field}: {each.code}" for each in found))
        self.faults = found


def publish_menu(*, menu: Menu, actor: Actor, now: datetime, reason: str = "") -> VoiceMenu:
    """Put a menu into service: the next call meets it, calls that are in it keep their version.

    Raises `Forbidden` without the right where its lines belong, `MenuFaulty`, `BadText`.
    """
    required()
    require_menu(actor, menu.key)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    found = faults_of(menu)
    if found:
        raise MenuFaulty(found)
    return _publish(menu, now, actor.person_id, words)


def faults_of(menu: Menu) -> tuple[Fault, ...]:
    """All faults of a menu, its own and those of what it names outside."""
    return (*faults(menu), *faults_around(menu))


def install_menus(now: datetime) -> None:
    """Bring the menus of packs, once for each change there; what people edited since stays."""
    required()
    for pack in catalogue().packs.values():
        for source in pack.menus:
            menu = menu_of_pack(pack.key, source)
            digest = digest_of_data(data_of_menu(menu))
            known = VoiceMenu.objects.filter(key=menu.key, published_by__isnull=True)
            if not known.filter(digest=digest).exists():
                _publish(menu, now, None, "")


def menu_of_pack(pack: str, source: MenuSource) -> Menu:
    """A menu as a pack writes it, its queues and calendars named as all know them.

    Raises `PackInvalid` with every fault by file and key.
    """
    try:
        menu = menu_from_data(_qualified(pack, source.data))
    except MenuUnreadable as error:
        problems = [PackProblem(source.file, f"{source.place}.{f}", "") for f in error.faults]
        raise PackInvalid(problems) from error
    found = faults_of(menu)
    if found:
        raise PackInvalid(
            PackProblem(source.file, f"{source.place}.{f.node}.{f.field}", f.code) for f in found
        )
    return menu


def faults_around(menu: Menu) -> tuple[Fault, ...]:
    """What a menu names outside and is not there: queues, calendars, questions."""
    found: list[Fault] = []
    voice, calendars = registry.voice(), catalogue().calendars
    for node in menu.nodes:
        if isinstance(node, Queue) and node.queue not in catalogue().queues:
            found.append(Fault("no_queue", node.key, "queue", {"queue": node.queue}))
        elif isinstance(node, Queue) and node.about and node.about not in catalogue().case_types:
            found.append(Fault("no_matter", node.key, "about", {"matter": node.about}))
        elif isinstance(node, Hours) and node.calendar not in calendars:
            found.append(Fault("no_calendar", node.key, "calendar", {"calendar": node.calendar}))
        elif isinstance(node, Lookup | ReadOut) and (_ASKED[type(node)], node.name) not in voice:
            found.append(Fault("no_lookup", node.key, "name", {"name": node.name}))
        check = getattr(node, "check", "")
        if check and ("check", check) not in voice:
            found.append(Fault("no_check", node.key, "check", {"name": check}))
    return tuple(found)


def _qualified(pack: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Queues, calendars, matters and the menu itself belong to the pack that names them."""
    nodes = [
        {
            name: qualify(pack, value) if name in OF_PACK and value else value
            for name, value in node.items()
        }
        for node in data.get("node", [])
    ]
    return {**data, "key": qualify(pack, str(data.get("key", ""))), "node": nodes}


def _publish(menu: Menu, now: datetime, staff_id: int | None, reason: str) -> VoiceMenu:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"menu {menu.key}"])
    last = VoiceMenu.objects.filter(key=menu.key).order_by("-version").first()
    data = data_of_menu(menu)
    return VoiceMenu.objects.create(
        key=menu.key,
        version=last.version + 1 if last else 1,
        data=data,
        digest=digest_of_data(data),
        published_at=now,
        published_by_id=staff_id,
        reason=reason,
    )

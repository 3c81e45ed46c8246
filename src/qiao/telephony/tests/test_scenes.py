"""What a played caller has on their mind: shown to visitors of the demo, and to nobody else."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from qiao.contact.models import Interaction
from qiao.core.demo_rhythm import demo_pack
from qiao.core.packs.enabled import catalogue
from qiao.staff.tests.cast import Company
from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_switch import SimSwitch
from qiao.telephony.models import Call
from qiao.telephony.operations import Switchboard, install_menus
from qiao.telephony.queries import menu_in_service
from qiao.telephony.queries.scenes import PLAYED, scene_at
from qiao.telephony.tests.test_at_hand import NOW, after, enter, rings, taken, world

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["enter", "world"]


def channels(n: int) -> list[str]:
    switch = SimSwitch(CountedClock(NOW), lambda _signal: None)
    return [switch.call("13800000000", "x", by=PLAYED) for _ in range(n)]


@pytest.mark.parametrize("key", ["water", "power", "gas"])
def test_the_part_follows_from_the_channel_and_fits_the_line(key: str) -> None:
    pack = catalogue().packs[key]
    for line in pack.demo.lines:
        drawn = [scene_at(each, line.number) for each in channels(600)]
        assert None not in drawn
        again = [scene_at(each, line.number) for each in channels(600)]
        assert drawn == again
        fits = [s for s in pack.demo.scenes if (s.keys if line.menu else s.queue == line.queue)]
        assert {s.key for s in drawn if s} == {s.key for s in fits}
        counts = Counter(s.key for s in drawn if s)
        heaviest = max(fits, key=lambda s: s.weight)
        assert counts[heaviest.key] >= 600 * heaviest.weight / sum(s.weight for s in fits) * 0.7
    assert scene_at("sim-1.0", pack.demo.lines[0].number) is None
    assert scene_at(channels(1)[0], "10000") is None


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["water", "power", "gas"])
def test_the_keys_of_every_part_lead_somewhere_in_the_menu(world: Company, key: str) -> None:
    install_menus(NOW)
    pack = catalogue().packs[key]
    (line,) = [each for each in pack.demo.lines if each.menu]
    menu = menu_in_service(line.menu) or menu_in_service(f"{pack.key}.{line.menu}")
    assert menu is not None
    first = {key for node in menu.nodes for key in getattr(node, "keys", {})} | {"0", "9"}
    for scene in pack.demo.scenes:
        assert not scene.keys or scene.keys[0] in first, scene.key
        assert scene.language in ("", *catalogue().languages)


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [True, False])
def test_a_visitor_sees_it_while_it_rings_and_beside_the_talk(
    world: Company, enter: Any, settings: Any, is_demo: bool
) -> None:
    settings.DEMO = is_demo
    pack = demo_pack()
    assert pack is not None
    board = Switchboard()
    call = rings(board)
    line = next(each for each in pack.demo.lines if each.menu)
    channel = channels(1)[0]
    scene = scene_at(channel, line.number)
    assert scene is not None
    Call.objects.update(channel=channel, dialled=line.number)
    browser: Client = enter(world.agent_staff)
    words = scene.says.zh_hans
    with time_machine.travel(after(1), tick=False):
        assert (words in browser.get(reverse("frame")).content.decode()) is is_demo
    Call.objects.update(channel="c1", dialled=call.dialled)
    taken(board, call)
    Call.objects.update(channel=channel, dialled=line.number)
    contact = Interaction.objects.get()
    page = f"{reverse('desk:workspace')}?open=contact:{contact.pk}"
    with time_machine.travel(after(6), tick=False):
        seen = browser.get(page, headers={"HX-Request": ""}).content.decode()
        assert (words in seen) is is_demo
        assert (scene.glad.zh_hans in seen) is is_demo
    Call.objects.update(channel="sim-1.00")  # a visitor who calls from the telephone on the screen
    with time_machine.travel(after(6) + timedelta(seconds=1), tick=False):
        assert words not in browser.get(page, headers={"HX-Request": ""}).content.decode()

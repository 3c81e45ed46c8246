"""Which version of a voice menu a call meets: the newest when it began, kept to its end."""

from datetime import timedelta

import pytest

from qiao.staff.tests.cast import Company
from qiao.telephony.models import PhoneDeed
from qiao.telephony.operations import Switchboard, publish_menu
from qiao.telephony.queries import OwnPhone, histories, menu_in_service, what_is_heard
from qiao.telephony.rules import switch
from qiao.telephony.rules.menu_data import data_of_menu, menu_from_data
from qiao.telephony.rules.switch import View
from qiao.telephony.tests.menu_callers import CALLER, HOTLINE, NOON, Caller, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def publish_other_keys(world: Company) -> None:
    """Key 1 of the main menu leads to a message from now on."""
    menu = menu_in_service("water.hotline")
    assert menu
    data = data_of_menu(menu)
    main = next(each for each in data["node"] if each["key"] == "main")
    main["keys"] |= {"1": "leave", "7": "to_billing"}
    data["texts"]["main"]["zh-hans"] = "留言请按1。"
    publish_menu(menu=menu_from_data(data), actor=world.chief, now=NOON)


def test_a_new_version_meets_the_next_call_and_calls_in_progress_keep_theirs(
    world: Company,
) -> None:
    first = Caller()
    publish_other_keys(world)
    second = Caller(channel="c2")
    for caller in (first, second):
        caller.presses("1")
    assert (first.node, second.node) == ("to_billing", "leave")
    versions = [histories([each.call.pk])[each.call.pk].menu_version for each in (first, second)]
    assert versions == [1, 2]


def test_a_new_controller_finds_the_version_with_which_a_call_began(world: Company) -> None:
    caller = Caller()
    caller.listens()
    assert caller.node == "main"
    publish_other_keys(world)
    heard = what_is_heard(OwnPhone(PhoneDeed(asked_at=NOON), caller.call))
    assert "账单和缴费请按1" in heard.name  # the telephone on the screen tells what is said
    caller.board = Switchboard()
    seen = switch.ChannelSeen("c1", True, CALLER, HOTLINE)
    caller.board.take_up(View((seen,), ()), now=NOON + timedelta(seconds=3))
    caller.presses("1")
    assert caller.node == "to_billing"

"""One branch full of marked texts, and the people who may and may not read them.

Every text that a person may type carries `MARK` or is listed in `World.canaries`: whoever works
for the branch next door must meet none of them, wherever they look.
"""

from tests.world.branch import build_world
from tests.world.canaries import (
    ACCOUNT,
    CALLER_PHONE,
    ID_CARD,
    MARK,
    METER,
    PASSWORD,
    PHONE,
    SINCE,
    SKILLS,
    World,
    marked,
    picture,
    texts_of,
)
from tests.world.cases import open_leak
from tests.world.work import fill, finish_work, follow_up, work_order

__all__ = [
    "ACCOUNT",
    "CALLER_PHONE",
    "ID_CARD",
    "MARK",
    "METER",
    "PASSWORD",
    "PHONE",
    "SINCE",
    "SKILLS",
    "World",
    "build_world",
    "fill",
    "finish_work",
    "follow_up",
    "marked",
    "open_leak",
    "picture",
    "texts_of",
    "work_order",
]

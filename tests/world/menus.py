"""The branch's voice menu: a draft under way that says what only the branch may read, and one put
away."""

from typing import Any

from qiao.telephony.operations import (
    add_line,
    begin_menu_draft,
    drop_menu_draft,
    install_menus,
    save_step,
)
from qiao.telephony.rules.menu_edit import part_of
from tests.world.canaries import World, marked

KEY = "water.hotline"
LINE = "96391"


def add_menus(world: World) -> None:
    """A line of the branch leads to the menu, so the branch edits it."""
    install_menus(world.now)
    # Numbers that customers dial, and their names, are no secret.
    add_line(
        number=LINE, name="滨湖热线", organisation_id=world.company.lake.pk,
        queue="water.billing", menu=KEY,
    )  # fmt: skip
    about: dict[str, Any] = {"key": KEY, "actor": world.company.agent, "now": world.now}
    dropped = begin_menu_draft(version=1, **about)
    drop_menu_draft(seen=1, **about)
    draft = begin_menu_draft(version=1, **about)
    part = part_of(draft.data, "bye")
    words = {"bye": {"en": marked("goodbye")}}
    draft, _step = save_step(step="bye", values=part.values, texts=words, seen=part.stamp, **about)
    world.ids |= {
        "menu": KEY,
        "dropped_menu_draft": dropped.pk,
        "menu_revision": draft.revision,
        "menu_seen": part_of(draft.data, "night").stamp,
    }

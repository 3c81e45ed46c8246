"""A change of the demo's voice menu under way: one more key, to leave a message there."""

from typing import Final

from django.db import transaction

from qiao.core.demo import World
from qiao.staff.queries import actor_by_number, companies
from qiao.telephony.models import VoiceMenu
from qiao.telephony.operations import begin_menu_draft, save_step
from qiao.telephony.rules.menu_edit import NEW, Data, part_of

DESIGNER: Final = "9001"
KEY: Final = "7"
WORDS: Final = {
    "zh-hans": "请在提示音后说出户号和水表读数，按井号键结束。",
    "yue": "請在提示音後講出戶號及水錶讀數，按井號鍵結束。",
}
"""English is still missing: the draft shows what a fault looks like."""


def build(world: World) -> None:
    """Begin a draft of the world's own first menu, and give a free key a step."""
    own = VoiceMenu.objects.filter(key__startswith=f"{world.pack}.")
    newest = own.order_by("key", "-version").first()
    if newest is None or not companies():
        return
    chosen = next((n for n in newest.data["node"] if _takes(n)), None)
    if chosen is None:
        return
    designer = actor_by_number(DESIGNER, day=world.now.date())
    with transaction.atomic():
        draft = begin_menu_draft(
            key=newest.key, version=newest.version, actor=designer, now=world.now
        )
        before = part_of(draft.data, chosen["key"])
        keys = before.values["keys"] | {KEY: f"{NEW}message"}
        draft, _key = save_step(
            key=newest.key, step=chosen["key"], values={**before.values, "keys": keys}, texts={},
            seen=before.stamp, actor=designer, now=world.now,
        )  # fmt: skip
        made = part_of(draft.data, chosen["key"]).values["keys"][KEY]
        message = part_of(draft.data, made)
        save_step(
            key=newest.key, step=made, values=message.values,
            texts=dict.fromkeys(message.texts, WORDS), seen=message.stamp, actor=designer,
            now=world.now,
        )  # fmt: skip


def _takes(node: Data) -> bool:
    return node["kind"] == "choose" and KEY not in node["keys"]

"""Whether callers are told that they are recorded, before they are."""

from collections.abc import Mapping
from typing import Final

from qiao.telephony.rules.menus import Menu

SAYS_SO: Final[Mapping[str, tuple[str, ...]]] = {
    "zh-hans": ("录音", "錄音"),
    "yue": ("錄音", "录音"),
    "en": ("record",),
}
"""What a text says that tells callers of it, by language."""


def languages_without_notice(menu: Menu) -> tuple[str, ...]:
    """Languages in which none of the texts that a menu says tells of the recording. A text that a
    language lacks is said in the menu's first one, and so tells whoever hears it there."""
    said = {key for node in menu.nodes for key in node.prompts}
    missing = []
    for language in menu.languages:
        texts = [menu.texts[key] for key in sorted(said) if key in menu.texts]
        words = (text.get(language, "").lower() for text in texts)
        if not any(sign in each for each in words for sign in SAYS_SO.get(language, ())):
            missing.append(language)
    return tuple(missing)

"""Whether callers are told that they are recorded, before they are."""

from collections.abc import Mapping
from typing import Final

from qiao.telephony.rules.menus import Menu, Message

SAYS_SO: Final[Mapping[str, tuple[str, ...]]] = {
    "zh-hans": ("录音", "錄音"),
    "yue": ("錄音", "录音"),
    "en": ("record",),
}
"""What a text says that tells callers of it, by language."""


def languages_without_notice(menu: Menu) -> tuple[str, ...]:
    """Languages in which none of the texts that a menu says tells of the recording. A text that a
    language lacks is said in the menu's first one, and so tells whoever hears it there. What is
    said before a message is left is not heard by those who talk with somebody."""
    said = {key for node in menu.nodes if not isinstance(node, Message) for key in node.prompts}
    texts = [menu.texts[key] for key in sorted(said) if key in menu.texts]
    first = menu.languages[0]
    return tuple(
        language
        for language in menu.languages
        if not any(_tells(text, language if text.get(language) else first) for text in texts)
    )


def _tells(text: Mapping[str, str], language: str) -> bool:
    words = text.get(language, "").lower()
    return any(sign in words for sign in SAYS_SO.get(language, ()))

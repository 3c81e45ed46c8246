"""What two people typed into one step at the same time, side by side."""

from qiao.telephony.rules.menu_edit import StepPart
from qiao.telephony.rules.menus import Menu
from qiao.telephony.showing.menu_words import field_name, language_name, value_words


def conflict_lines(menu: Menu, stands: StepPart, mine: StepPart) -> list[tuple[str, str, str]]:
    """Each difference: what it is called, what stands now, what was typed."""
    lines = []
    for name in dict.fromkeys([*stands.values, *mine.values]):
        theirs, typed = stands.values.get(name), mine.values.get(name)
        if (theirs or None) != (typed or None):
            lines.append((field_name(name), _words(menu, name, theirs), _words(menu, name, typed)))
    for text, typed_words in mine.texts.items():  # what was not shown stays whoever saves
        for language, words in typed_words.items():
            stood = stands.texts.get(text, {}).get(language, "")
            if stood != words:
                lines.append((language_name(language), stood, words))
    return lines


def _words(menu: Menu, name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {value_words(menu, name, each)}" for key, each in value.items())
    return value_words(menu, name, value)

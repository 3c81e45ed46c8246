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
    for text in dict.fromkeys([*stands.texts, *mine.texts]):
        old, new = stands.texts.get(text, {}), mine.texts.get(text, {})
        for language in dict.fromkeys([*old, *new]):
            words = old.get(language, ""), new.get(language, "")
            if words[0] != words[1]:
                lines.append((language_name(language), *words))
    return lines


def _words(menu: Menu, name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {value_words(menu, name, each)}" for key, each in value.items())
    return value_words(menu, name, value)

"""The faults of a voice menu as sentences that say what to do."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from qiao.telephony.rules.menu_checks import Fault
from qiao.telephony.rules.menus import Menu
from qiao.telephony.showing.menu_words import language_name, step_title

FAULTS: Final[Mapping[str, Promise]] = {
    "no_target": pgettext_lazy("menu fault", "This leads nowhere. Choose a step."),
    "no_node": pgettext_lazy(
        "menu fault", "This leads to “%(to)s”, which is not there. Choose another step."
    ),
    "duplicate_node": pgettext_lazy(
        "menu fault", "%(count)s steps have the key %(key)s. Give each its own."
    ),
    "unreachable": pgettext_lazy(
        "menu fault", "Nothing leads here. Lead to it from somewhere, or take it out."
    ),
    "endless": pgettext_lazy(
        "menu fault",
        "Whoever presses nothing goes round for ever: %(circle)s. Let one of these lead to people "
        "or to an end.",
    ),
    "no_way_out": pgettext_lazy(
        "menu fault", "From here nobody reaches people or an end. Let a way lead on."
    ),
    "no_queue": pgettext_lazy("menu fault", "“%(to)s” must lead to people without further keys."),
    "no_prompt": pgettext_lazy("menu fault", "Nothing is said here. Add a text."),
    "unknown_prompt": pgettext_lazy("menu fault", "The text “%(prompt)s” is not there any more."),
    "untranslated": pgettext_lazy(
        "menu fault", "The words are missing in this language: %(language)s."
    ),
    "stray_brace": pgettext_lazy(
        "menu fault",
        "In %(language)s a brace stands alone. Put the name of a value into a pair of braces, or "
        "take the brace out.",
    ),
    "unknown_value": pgettext_lazy(
        "menu fault",
        "The text says {%(name)s}, which no step asks for or looks up. Take it out, or write a "
        "value that there is.",
    ),
    "says_secret": pgettext_lazy(
        "menu fault", "The text says {%(name)s} aloud, which is secret. Take it out."
    ),
    "no_languages": pgettext_lazy("menu fault", "The menu speaks no language. Choose one."),
    "unknown_language": pgettext_lazy(
        "menu fault", "The menu does not speak this language. Choose one that it speaks."
    ),
    "no_key": pgettext_lazy("menu fault", "No key leads on. Give one a step."),
    "not_a_key": pgettext_lazy("menu fault", "“%(key)s” is no key of a telephone."),
    "person_key": pgettext_lazy("menu fault", "0 reaches a person everywhere. Take another key."),
    "emergency_key": pgettext_lazy(
        "menu fault", "%(key)s is the emergency key everywhere. Take another key."
    ),
    "list_key": pgettext_lazy(
        "menu fault", "%(key)s moves within the list that is read out. Take another key."
    ),
    "bad_emergency_key": pgettext_lazy(
        "menu fault", "%(key)s cannot be the emergency key. Take 1 to 9, or *."
    ),
    "alone": pgettext_lazy(
        "menu fault",
        "%(key)s alone is the emergency key. Ask for two digits at least, or make * the emergency "
        "key.",
    ),
    "limit": pgettext_lazy("menu fault", "%(value)s is not within %(least)s to %(most)s."),
    "least_over_most": pgettext_lazy(
        "menu fault", "At least %(least)s digits cannot be more than at most %(most)s."
    ),
    "no_name": pgettext_lazy("menu fault", "Nothing is chosen here. Choose, or type a name."),
    "unknown_argument": pgettext_lazy(
        "menu fault", "No step asks the caller for “%(name)s”. Ask for it, or do not use it."
    ),
    "unknown_kind": pgettext_lazy("menu fault", "“%(name)s” is of a kind that cannot be said."),
    "no_calendar": pgettext_lazy("menu fault", "These service hours are not there any more."),
    "no_lookup": pgettext_lazy("menu fault", "Nobody answers this question any more."),
    "no_check": pgettext_lazy("menu fault", "Nobody checks this number any more."),
    "no_matter": pgettext_lazy("menu fault", "This matter is not there any more. Choose another."),
    "queue_gone": pgettext_lazy("menu fault", "This queue is not there any more. Choose another."),
}


def fault_words(menu: Menu, fault: Fault) -> str:
    """What is wrong and what to do about it."""
    detail = dict(fault.detail)
    code = "queue_gone" if fault.code == "no_queue" and fault.field == "queue" else fault.code
    if code in ("untranslated", "stray_brace"):
        detail["language"] = language_name(detail["language"])
    if code == "no_queue":
        detail["to"] = step_title(menu, detail["to"])
    return str(FAULTS[code]) % detail

"""The faults of a draft as sentences that say what to do."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.rules.draft_checks import Fault
from qiao.cases.showing.process_words import LANGUAGES

UNREAD: Final[Mapping[str, LazyText]] = {
    "key": gettext_lazy(
        "The key may hold small letters, digits and _ only, and begins with a letter."
    ),
    "time_limit": gettext_lazy("A time limit is a whole number of minutes or hours."),
    "priority": gettext_lazy("Choose how urgent the rule makes a case."),
    "calendar": gettext_lazy("A time limit needs a calendar to be counted in. Choose one."),
    "choices": gettext_lazy(
        "A list needs at least two choices, each with its name in all three languages."
    ),
    **dict.fromkeys(
        ("when", "show_when", "required_when"),
        gettext_lazy("The condition is not complete. Choose a field, a comparison and a value."),
    ),
    **dict.fromkeys(
        ("pattern", "example"),
        gettext_lazy("The pattern cannot be read, or the example does not fit it."),
    ),
    **dict.fromkeys(
        ("least", "most", "decimals", "shortest", "longest"),
        gettext_lazy("This must be a number, and the larger bound not below the smaller one."),
    ),
    "not_before": gettext_lazy(
        "Type a day such as 2026-01-01, or the key of another date of this form."
    ),
}


def fault_words(fault: Fault) -> str:
    """What is wrong and what to do about it."""
    if fault.code == "unreadable":
        return _unreadable(fault)
    words = FAULTS.get(fault.code)
    return fault.detail.get("said", fault.code) if words is None else str(words) % fault.detail


def _unreadable(fault: Fault) -> str:
    if fault.field in {"name", "label", "hint"}:
        wanted = LANGUAGES.get(fault.detail.get("language", ""), _("all three languages"))
        return _("A text is missing. Type it in %(language)s.") % {"language": wanted}
    words = UNREAD.get(fault.field.partition("[")[0])
    return str(words or _("This cannot be read. Choose or type it again."))


FAULTS: Final[Mapping[str, LazyText]] = {
    "duplicate_step": pgettext_lazy(
        "fault",
        "Two steps have this key. Give one of them another.",
    ),
    "duplicate_action": pgettext_lazy(
        "fault",
        "Two actions of this step have this key. Give one of them another.",
    ),
    "duplicate_field": pgettext_lazy(
        "fault",
        "Two fields have this key. Give one of them another.",
    ),
    "duplicate_choice": pgettext_lazy(
        "fault",
        "Two choices of this field have the same key.",
    ),
    "bad_condition": pgettext_lazy(
        "fault",
        "The condition looks at a field that this form does not have.",
    ),
    "duplicate_rule": pgettext_lazy(
        "fault",
        "Two rules have this key. Give one of them another.",
    ),
    "needed": pgettext_lazy(
        "fault",
        "The process of this case type asks for the field “%(key)s”. Put it back, or change the "
        "process first.",
    ),
    "no_start": pgettext_lazy(
        "fault",
        "No step is the first one. Choose it.",
    ),
    "dangling_to": pgettext_lazy(
        "fault",
        "This action leads nowhere. Choose the step that it leads to.",
    ),
    "unknown_phase": pgettext_lazy(
        "fault",
        "Choose the phase that the step belongs to.",
    ),
    "unknown_kind": pgettext_lazy(
        "fault",
        "Choose whether the action leads forward, aside or back.",
    ),
    "unknown_mark": pgettext_lazy(
        "fault",
        "One of the milestones is unknown. Choose from the list.",
    ),
    "duty_action": pgettext_lazy(
        "fault",
        "The action that follows the work must be one of this step, taken by people, "
        "and the step must wait for work.",
    ),
    "no_final": pgettext_lazy(
        "fault",
        "No step ends the case. Mark the last one as “Ends the case”.",
    ),
    "final_goes_on": pgettext_lazy(
        "fault",
        "A step that ends the case can only lead back. Take the other actions out, or the mark.",
    ),
    "dead_end": pgettext_lazy(
        "fault",
        "Nothing leads out of this step. Add an action, or mark the step as the end of the case.",
    ),
    "mixed_automatic": pgettext_lazy(
        "fault",
        "Either all actions of a step are taken by themselves, or none.",
    ),
    "automatic_asks": pgettext_lazy(
        "fault",
        "A step that is passed by itself can ask for nothing: no fields, no reason, no "
        "work to wait for.",
    ),
    "unreachable": pgettext_lazy(
        "fault",
        "No case ever comes here. Let an action lead to this step, or take it out.",
    ),
    "cannot_finish": pgettext_lazy(
        "fault",
        "From here no case ever comes to an end. Let an action lead on.",
    ),
    "automatic_loop": pgettext_lazy(
        "fault",
        "Steps that are passed by themselves lead round in a circle.",
    ),
    "ambiguous": pgettext_lazy(
        "fault",
        "For some cases two ways hold at once. Make the conditions exclude each other; "
        "leave one way without a condition for all other cases.",
    ),
    "stuck": pgettext_lazy(
        "fault",
        "For some cases no way out holds. Leave one action without a condition.",
    ),
    "missing_field": pgettext_lazy(
        "fault",
        "This asks for a field that neither the process nor every case type running it "
        "has. Add the field to the process, or choose another.",
    ),
    "unknown_role": pgettext_lazy(
        "fault",
        "This role does not exist. Choose one from the list.",
    ),
    "unknown_calendar": pgettext_lazy(
        "fault",
        "This calendar does not exist. Choose one from the list.",
    ),
    "unknown_duty": pgettext_lazy(
        "fault",
        "No module does such work. Choose from the list.",
    ),
    "no_time": pgettext_lazy(
        "fault",
        "A time limit of nothing is always late. Type a time, or leave it empty.",
    ),
}

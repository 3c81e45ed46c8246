"""Surveys in words: kinds, states, reasons, fields of the map, what a change means."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.feedback.rules.means import Difference
from qiao.feedback.rules.survey_figures import ENOUGH, IMPROVE, KEEP, LATER
from qiao.feedback.rules.survey_questions import ATTRIBUTE, CHOICE, NPS, OVERALL, WORDS, YES_NO

LANGUAGE_NAMES: Final = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
KIND_NAMES: Final[dict[str, Any]] = {
    OVERALL: pgettext_lazy("question", "Satisfaction all in all, 1 to 5"),
    ATTRIBUTE: pgettext_lazy("question", "One thing: satisfaction and importance, 1 to 5 each"),
    CHOICE: pgettext_lazy("question", "One answer of several"),
    YES_NO: pgettext_lazy("question", "Yes or no"),
    NPS: pgettext_lazy("question", "Would recommend us, 0 to 10"),
    WORDS: pgettext_lazy("question", "In the customer’s own words"),
}
STATE_TONES: Final = {"drawn": "line", "sending": "info", "open": "pri", "closed": "ok"}
STATES: Final[dict[str, Any]] = {
    "drawn": pgettext_lazy("wave", "Drawn, not sent"),
    "sending": pgettext_lazy("wave", "Being sent"),
    "open": pgettext_lazy("wave", "Takes answers"),
    "closed": pgettext_lazy("wave", "Closed"),
}
LEFT_OUT: Final[dict[str, Any]] = {
    "not_asked": gettext_lazy("never agreed to surveys"),
    "refused": gettext_lazy("do not want surveys"),
    "lately": gettext_lazy("were invited lately"),
    "closed": gettext_lazy("have no open account any more"),
    "erased": gettext_lazy("were erased, or are being erased"),
    "no_address": gettext_lazy("have neither a usable e-mail address nor a postal one"),
    "no_consent": gettext_lazy("withdrew their consent since the draw"),
    "doubtful": gettext_lazy("have an e-mail address that did not work"),
    "told_already": gettext_lazy("share an address or a record with somebody who was invited"),
    "too_many": gettext_lazy("had too many messages within the hour"),
}
FIELDS: Final[dict[str, Any]] = {
    IMPROVE: pgettext_lazy("priority map", "Improve first"),
    KEEP: pgettext_lazy("priority map", "Keep it up"),
    LATER: pgettext_lazy("priority map", "Later"),
    ENOUGH: pgettext_lazy("priority map", "Do not overdo"),
}
FIELD_TONES: Final = {IMPROVE: "bad", KEEP: "ok", LATER: "line", ENOUGH: "info"}
FIGURES: Final[dict[str, Any]] = {
    "mean": gettext_lazy("Mean satisfaction"),
    "satisfied": gettext_lazy("Satisfied (4 or 5)"),
    "importance": gettext_lazy("Mean importance"),
    "yes": pgettext_lazy("survey", "Yes"),
    "recommends": gettext_lazy("Recommendation (promoters less detractors)"),
}


def change_words(change: Difference | None) -> tuple[str, str]:
    """What may be said of a change, and its tone."""
    if change is None:
        return "", ""
    return {
        "better": (pgettext("change of a figure", "rose"), "ok"),
        "worse": (pgettext("change of a figure", "fell"), "bad"),
        "open": (_("no clear change"), ""),
    }[change.verdict]


def refusal_words(reason: str) -> str:
    """Why it is not possible now."""
    return {
        "archived": _("The survey is archived."),
        "questions": _("A survey needs a question first."),
        "many": _("A survey that takes a minute has no more than 20 questions."),
        "overall": _("There is a question about satisfaction all in all already."),
        "choices": _("A choice needs two to twelve answers."),
        "kind": _("There is no such question."),
        "drawn": _("A wave was drawn already: send it or throw it away first."),
        "nobody": _("Nobody could be drawn, so there is nobody to send it to."),
        "sent": _("It was sent already."),
        "closed": _("It takes no answers."),
    }.get(reason, reason)

"""Occasions on which customers are told something, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.rules.process import TELLS

LABELS: Final[Mapping[str, LazyText]] = {
    "case_received": pgettext_lazy("notice", "Case received"),
    "case_accepted": pgettext_lazy("notice", "Case accepted, and what comes next"),
    "case_contact": pgettext_lazy("notice", "First contact"),
    "case_visit": pgettext_lazy("notice", "Visit planned"),
    "case_step": pgettext_lazy("notice", "Step of a case told"),
    "case_waiting": pgettext_lazy("notice", "Case waits"),
    "case_late": pgettext_lazy("notice", "It takes longer than promised"),
    "case_answer": pgettext_lazy("notice", "Answer to a case"),
    "case_closed": pgettext_lazy("notice", "Case closed"),
    "case_reopened": pgettext_lazy("notice", "Case reopened"),
}
STEP_WORDS: Final[Mapping[str, LazyText]] = {key: LABELS[key] for key in TELLS}
REASONS: Final[Mapping[str, LazyText]] = {
    "no_address": gettext_lazy("No address is known"),
    "doubtful": gettext_lazy("The address is doubtful"),
    "no_consent": gettext_lazy("The customer does not want it"),
    "erased": gettext_lazy("The customer was erased"),
    "too_many": gettext_lazy("Too many within an hour"),
    "told_already": gettext_lazy("Told already"),
    "together": gettext_lazy("Told together with another case"),
    "too_late": gettext_lazy("No news any more when it could be told"),
}

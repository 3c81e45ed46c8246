"""What follow-ups contribute to the overview."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import CaseFigure, Figure, Headline, Workload
from qiao.feedback.queries import figures
from qiao.feedback.rules.follow_ups import GLAD

RIGHT = figures.RIGHT

HEADLINES = (
    Headline(
        "feedback.satisfaction",
        _("Satisfaction"),
        RIGHT,
        figures.satisfaction,
        50,
        better="up",
        by_pack=False,
    ),
)
FIGURES = (
    Figure(
        "feedback.ratings",
        _("Satisfaction by month"),
        ("bar", "line", "pie", "table"),
        RIGHT,
        figures.by_month,
        40,
        width=5,
        by_pack=False,
    ),
)
WORKLOAD = (Workload(figures.WORKLOAD, RIGHT, figures.workload, 30, by_pack=False),)

# The last answer of a case counts; who is satisfied is what `rules.follow_ups.GLAD` says.
_LAST = """(SELECT f.rating {glad} FROM feedback_followup f
  WHERE f.case_id = c.id AND f.rating <> '' ORDER BY f.finished_at DESC NULLS LAST, f.id DESC
  LIMIT 1)"""
_GLAD = ", ".join(f"'{rating}'" for rating in GLAD)
_WORD = "EXISTS (SELECT FROM cases_caseword w WHERE w.case_id = c.id AND w.state = '{state}')"
_WORD_BROKEN = _WORD.format(state="broken")
_WORD_KEPT = f"{_WORD.format(state='kept')} AND NOT {_WORD_BROKEN}"
_ANSWERED = _("Of the cases archived in the period whose customer answered a follow-up: {which}.")
# What was promised, compared with what was felt: the pairs stand beside each other.
_FELT = (
    (
        "satisfied_kept",
        _("Satisfaction where promises were kept"),
        format_lazy(_ANSWERED, which=_("those in which every deadline was kept")),
        "c.promise_kept",
    ),
    (
        "satisfied_missed",
        _("Satisfaction where a promise was missed"),
        format_lazy(_ANSWERED, which=_("those in which a deadline was missed")),
        "NOT c.promise_kept",
    ),
    (
        "satisfied_word_kept",
        _("Satisfaction where promises in words were kept"),
        format_lazy(_ANSWERED, which=_("those in which what people promised was kept in time")),
        _WORD_KEPT,
    ),
    (
        "satisfied_word_broken",
        _("Satisfaction where a promise in words was not kept"),
        format_lazy(_ANSWERED, which=_("those in which something people promised was not kept")),
        _WORD_BROKEN,
    ),
)
CASE_FIGURES = (
    CaseFigure(
        "satisfied",
        _("Satisfaction"),
        _(
            "Of the cases archived in the period whose customer answered a follow-up, those whose"
            " last answer was not “not satisfied”."
        ),
        "share",
        "closed",
        RIGHT,
        120,
        better="up",
        whole=f"{_LAST.format(glad='')} IS NOT NULL",
        part=_LAST.format(glad=f"IN ({_GLAD})"),
    ),
    *(
        CaseFigure(
            key,
            label,
            about,
            "share",
            "closed",
            RIGHT,
            122 + place,
            better="up",
            whole=f"({held}) AND {_LAST.format(glad='')} IS NOT NULL",
            part=_LAST.format(glad=f"IN ({_GLAD})"),
        )
        for place, (key, label, about, held) in enumerate(_FELT)
    ),
)

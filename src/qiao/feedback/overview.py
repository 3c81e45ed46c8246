"""What follow-ups contribute to the overview."""

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
)

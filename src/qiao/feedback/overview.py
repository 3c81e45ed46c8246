"""What follow-ups contribute to the overview."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Figure, Headline, Workload
from qiao.feedback.queries import figures

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

"""What billing contributes to the overview."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.queries import figures
from qiao.core.manifest import Figure, Headline

RIGHT = figures.RIGHT

HEADLINES = (
    Headline(
        "billing.overdue",
        pgettext_lazy("money", "Overdue"),
        RIGHT,
        figures.overdue,
        60,
        better="down",
    ),
)
FIGURES = (
    Figure(
        "billing.money", _("Billed and paid"), ("bar", "line", "pie", "table"), RIGHT,
        figures.billed_and_paid, 100, width=8,
    ),
    Figure(
        "billing.age", _("Owed by age"), ("bar", "pie", "line", "table"), RIGHT,
        figures.owed_by_age, 101,
    ),
    Figure(
        "billing.service", _("Billed by service"), ("pie", "bar", "table"), RIGHT,
        figures.billed_by_service, 102,
    ),
    Figure(
        "billing.owner", _("Billed by whose money it is"), ("pie", "bar", "table"), RIGHT,
        figures.earned_by_owner, 103, by_pack=False,
    ),
)  # fmt: skip

"""What contacts contribute to the overview."""

from django.utils.translation import gettext_lazy as _

from qiao.contact.queries import figures
from qiao.core.manifest import Figure, Headline, Workload

RIGHT = figures.RIGHT

HEADLINES = (Headline("contact.taken", _("Contacts"), RIGHT, figures.taken, 10, by_pack=False),)
FIGURES = (
    Figure(
        "contact.hours",
        _("Contacts by hour and weekday"),
        ("heat", "table"),
        RIGHT,
        figures.by_hour,
        80,
        width=7,
        by_pack=False,
    ),
    Figure(
        "contact.channel",
        _("Contacts by channel"),
        ("pie", "bar", "table"),
        RIGHT,
        figures.by_channel,
        85,
        width=3,
        by_pack=False,
    ),
)
WORKLOAD = (Workload(figures.WORKLOAD, RIGHT, figures.workload, 10, by_pack=False),)

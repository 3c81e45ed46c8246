"""What relations and places over time bring to pages of others."""

from django.utils.translation import pgettext_lazy

from qiao.core.manifest import TimelineSource
from qiao.customers.queries import moves

VIEW = "customers.view"

TIMELINE = (
    TimelineSource(
        key="customers.moves",
        sql=moves.TIMELINE,
        permission=VIEW,
        url_name="customers:move",
        icon="door-enter",
        words={
            "left": pgettext_lazy("move", "Moves out"),
            "came": pgettext_lazy("move", "Moves in"),
            "undone": pgettext_lazy("move", "Taken back"),
        },
    ),
)

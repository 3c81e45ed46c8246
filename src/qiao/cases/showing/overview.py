"""What cases contribute to the overview."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.queries import figures
from qiao.core.manifest import Figure, Headline, Workload

RIGHT = figures.RIGHT
TOPIC = "cases"

HEADLINES = (
    Headline("cases.opened", _("Cases opened"), RIGHT, figures.opened, 20),
    Headline("cases.closed", _("Cases archived"), RIGHT, figures.closed, 30, better="up"),
    Headline("cases.kept", _("Promises kept"), RIGHT, figures.promises_kept, 40, better="up"),
    Headline("cases.open", _("Open now"), RIGHT, figures.open_now, 60, topic=TOPIC),
    Headline("cases.late", _("Late now"), RIGHT, figures.late_now, 70, topic=TOPIC),
)
FIGURES = (
    Figure(
        "cases.time",
        _("Cases over time"),
        ("bar", "line", "pie", "table"),
        RIGHT,
        figures.over_time,
        10,
        width=5,
    ),
    Figure(
        "cases.type",
        _("Cases by type"),
        ("bar", "pie", "line", "table"),
        RIGHT,
        figures.by_type,
        20,
    ),
    Figure(
        "cases.channel",
        _("Cases by channel"),
        ("pie", "bar", "table"),
        RIGHT,
        figures.by_channel,
        30,
        width=3,
    ),
    Figure(
        "cases.area",
        _("Cases by area"),
        ("bar", "pie", "line", "table"),
        RIGHT,
        figures.by_area,
        50,
    ),
    Figure(
        "cases.kind",
        _("Cases by nature"),
        ("pie", "bar", "table"),
        RIGHT,
        figures.by_group,
        60,
        width=3,
    ),
    Figure(
        "cases.promise",
        _("Promises by outcome"),
        ("bar", "line", "pie", "table"),
        RIGHT,
        figures.by_promise,
        70,
        width=5,
    ),
)
WORKLOAD = (Workload(figures.WORKLOAD, RIGHT, figures.workload, 20),)

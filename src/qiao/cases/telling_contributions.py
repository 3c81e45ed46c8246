"""What notices to customers bring: occasions, settings, a panel of the case, the job."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases import definitions
from qiao.cases.operations.telling import BATCH, tell_due
from qiao.cases.queries.telling import LATE_FROM, NO, NOT_TYPES, PANEL, WISH
from qiao.cases.rules.telling import OCCASIONS as KEYS
from qiao.cases.showing.telling import LABELS
from qiao.core.manifest import NoticeOccasion, Panel, Parameter
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.core.wording import said

MOST_ROUNDS: Final = 40
TEXTS: Final = Path(__file__).with_name("notices.toml")
PLACES: Final = {
    "case": "GD2611220001237",
    "title": "厨房水龙头出水发黄",
    "step": "现场处理",
    "promise": "我们承诺：到场于 2026年11月22日 15:00 前。",
    "owed": "到场",
    "due": "2026年11月22日 15:00",
    "reason": "等待您补充资料",
    "answer": "经现场检测，水质符合标准，已冲洗管道。",
}
OCCASIONS: Final = tuple(NoticeOccasion(key, LABELS[key], PLACES, TEXTS) for key in KEYS)

_UNTOLD: Final = frozenset({"case_contact", "case_answer", "case_step"})
_RULE: Final = _("Company rule: whoever reported something hears of it before asking")
_SPOKEN: Final = _("Company rule: who was spoken to or written to knows it already")
_WAYS: Final = (
    (NO, pgettext_lazy("notice to the customer", "not told")),
    ("email", pgettext_lazy("notice to the customer", "by email")),
    ("letter", pgettext_lazy("notice to the customer", "by email, else by letter")),
)


def _types() -> Sequence[tuple[str, Any]]:
    return [(key, said(item.name)) for key, item in definitions.case_types().items()]


PARAMETERS: Final = (
    *(
        Parameter(
            key=WISH + key,
            label=format_lazy("{}: {}", _("Tell the customer"), LABELS[key]),
            kind="choice",
            choices=_WAYS,
            default=NO if key in _UNTOLD else "email",
            default_source=_SPOKEN if key in _UNTOLD else _RULE,
        )
        for key in KEYS
    ),
    Parameter(
        key=NOT_TYPES,
        label=_("Kinds of cases whose customers are told nothing by themselves"),
        kind="choices",
        choices=_types,
        default=[],
        default_source=_RULE,
    ),
    Parameter(
        key=LATE_FROM,
        label=_("Told that it takes longer"),
        kind="choice",
        choices=(
            ("bad", _("when most of the promised time is used")),
            ("late", _("when the promised time has run out")),
        ),
        default="bad",
        default_source=_("Company rule: told before the customer has to ask"),
    ),
)
PANELS: Final = (
    Panel(
        key="cases.told",
        title=_("What the customer was told unasked"),
        template="cases/panels/told.html",
        sql=PANEL,
        permission="cases.view",
        places=frozenset({"case", "case_side"}),
        order=35,
    ),
)


def tell_customers(now: datetime) -> None:
    """Tell customers what happened to their cases, a batch and a transaction at a time."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if tell_due(now=now) < BATCH:
                return


PERIODIC: Final = (PeriodicJob("cases.tell_customers", "* * * * *", tell_customers),)

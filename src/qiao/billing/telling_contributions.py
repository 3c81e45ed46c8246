"""What notices of bills bring: occasions with texts, what goes along."""

from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.billing.operations.telling import ISSUED
from qiao.billing.operations.telling_summaries import COLLECTED
from qiao.billing.paper.enclosed import enclosed_bill, enclosed_summary
from qiao.billing.queries.papers import WAYS_TO_PAY
from qiao.core.manifest import NoticeOccasion

TEXTS: Final = Path(__file__).with_name("notices.toml")
OCCASIONS: Final = (
    NoticeOccasion(
        ISSUED,
        _("Your bill is ready"),
        {
            "bill": "ZD2611010000017",
            "account": "880012345678",
            "days": "2026-09-01 – 2026-10-31",
            "amount": "138.20 元",
            "asked": "138.20 元",
            "pay": "合计应缴 138.20 元。请于 2026年11月20日前缴纳。",
        },
        TEXTS,
        enclosed=enclosed_bill,
    ),
    NoticeOccasion(
        COLLECTED,
        _("Your summary bill is ready"),
        {
            "summary": "HZ2611010000013",
            "day": "2026-11-01",
            "bills": "共 40 张账单",
            "amount": "12,480.60 元",
            "pay": "请于 2026年11月20日前缴纳。缴费时请注明编号 HZ2611010000013。",
        },
        TEXTS,
        enclosed=enclosed_summary,
    ),
    NoticeOccasion(
        WAYS_TO_PAY,
        _("On a bill: how to pay, and whom to ask"),
        {
            "bill": "ZD2611010000017",
            "account": "880012345678",
            "due": "2026年11月20日",
            "phone": "96390",
        },
        TEXTS,
    ),
)

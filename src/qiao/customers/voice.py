"""What callers of a voice menu may ask of customers."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Answer, Question, VoiceAnswer
from qiao.core.prepared import fetch_all

_ACCOUNT: Final = """
SELECT EXISTS (SELECT 1 FROM customers_account a
                WHERE a.number = %(number)s AND a.status <> 'closed')
"""


def check_account(*, question: Question, now: datetime) -> Answer:
    """Whether the digits are the number of an account that is not closed."""
    del now
    ((exists,),) = fetch_all(_ACCOUNT, {"number": question.arguments.get("account", "")})
    return Answer("ok" if exists else "unknown", {})


VOICE: Final = (
    VoiceAnswer(
        "account",
        "check",
        _("Account number"),
        ("account",),
        ("unknown",),
        {},
        check_account,
        {"unknown": _("No such account")},
    ),
)

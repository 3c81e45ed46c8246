"""What callers of a voice menu may ask of customers."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Answer, Question, VoiceAnswer
from qiao.customers.operations import account_of_caller, is_served


def check_account(*, question: Question, now: datetime) -> Answer:
    """Whether the digits are the number of an account that is not closed, here and of this
    trade."""
    del now
    return Answer("ok" if is_served(question=question) else "unknown", {})


def check_proof(*, question: Question, now: datetime) -> Answer:
    """Whether the digits prove that the caller may hear of the account keyed in before."""
    found = (
        account_of_caller(question=question, now=now) if question.arguments.get("proof") else None
    )
    return Answer("ok" if found else "wrong", {})


VOICE: Final = (
    VoiceAnswer(
        "account",
        "check",
        _("Account number"),
        ("account", "menu"),
        ("unknown",),
        {},
        check_account,
        {"unknown": _("No such account")},
    ),
    VoiceAnswer(
        "proof",
        "check",
        _("Last four digits of a registered telephone or identity number"),
        ("proof", "account", "menu"),
        ("wrong",),
        {},
        check_proof,
        {"wrong": _("Not theirs, or too many wrong ones today")},
    ),
)

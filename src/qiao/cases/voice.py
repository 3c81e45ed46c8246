"""What callers of a voice menu may ask of cases: how theirs goes, and what is known of a stop."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from qiao.cases import definitions
from qiao.cases.rules.stages import stage_of
from qiao.cases.showing import names
from qiao.core.manifest import Answer, Question, SpokenValue, VoiceAnswer
from qiao.core.prepared import fetch_all
from qiao.core.rules import phones
from qiao.core.rules.spelt import Spelt

WRITTEN: Final = {"zh-hans": "zh-hans", "yue": "zh-hant", "en": "en"}
# Whoever calls from a number of the customer, or knows the account, hears of the latest case.
_PROGRESS: Final = """
SELECT c.number, c.phase, c.due_at, c.is_paused, c.step, c.process_id
  FROM cases_case c
 WHERE c.closed_at IS NULL
   AND (c.customer_id IN (
           SELECT unnest(customers_held_as(p.customer_id)) FROM customers_customerphone p
            WHERE p.digits = %(digits)s AND p.number = %(number)s AND p.standing <> 'wrong')
        OR c.account_id IN (SELECT a.id FROM customers_account a WHERE a.number = %(account)s))
 ORDER BY c.opened_at DESC LIMIT 1
"""
_INCIDENT: Final = """
SELECT p.expected_at
  FROM cases_alikeparent p
 WHERE p.state = 'open' AND p.area <> ''
   AND (%(pack)s = '' OR EXISTS (
       SELECT 1 FROM cases_case c JOIN cases_casetype k ON k.id = c.case_type_id
        WHERE c.id = p.case_id AND k.pack = %(pack)s))
   AND EXISTS (
       SELECT 1 FROM customers_customerphone n
         JOIN customers_accountparty t ON t.customer_id = n.customer_id AND upper_inf(t.period)
         JOIN customers_account a ON a.id = t.account_id AND a.status <> 'closed'
         JOIN customers_servicepoint s ON s.id = a.service_point_id
         JOIN customers_premises h ON h.id = s.premises_id
        WHERE n.digits = %(digits)s AND n.number = %(number)s AND n.standing <> 'wrong'
          AND h.region LIKE p.area || '%%')
 ORDER BY p.expected_at NULLS LAST, p.case_id LIMIT 1
"""


def tell_progress(*, question: Question, now: datetime) -> Answer:
    """The latest open case of whoever calls: ``found`` with its number, state and promised day."""
    del now
    rows = fetch_all(_PROGRESS, _caller(question) | {"account": _account(question)})
    if not rows:
        return Answer("none", {})
    number, phase, due_at, is_paused, step, process_id = rows[0]
    stage = stage_of(definitions.process_of_id(process_id), step, phase)
    values: dict[str, SpokenValue] = {
        "case": Spelt("".join(sign for sign in number if sign.isdigit())),
        "state": _state(stage, question.arguments.get("language", "zh-hans")),
    }
    if due_at is None or is_paused:
        return Answer("found_without_day", values)
    return Answer("found", values | {"day": _local(due_at).date(), "clock": _local(due_at).time()})


def tell_incident(*, question: Question, now: datetime) -> Answer:
    """What is known of a common cause where the caller lives: ``known`` with the time by which it
    should be over, ``open`` where nobody knows yet, ``none``. Of a menu that names itself only
    causes of its pack are told: no stop of water to whoever calls about gas."""
    pack = question.arguments.get("menu", "").partition(".")[0]
    rows = fetch_all(_INCIDENT, _caller(question) | {"pack": pack})
    if not rows:
        return Answer("none", {})
    (expected_at,) = rows[0]
    if expected_at is None or expected_at <= now:
        return Answer("open", {})
    until = _local(expected_at)
    return Answer("known", {"day": until.date(), "clock": until.time().replace(second=0)})


def _caller(question: Question) -> dict[str, Any]:
    stored = phones.try_normalise(question.arguments.get("caller", "")) or ""
    number, _extension = phones.split_extension(stored) if stored else ("", "")
    return {"digits": phones.stored_digits(stored) if stored else "", "number": number}


def _account(question: Question) -> str:
    return question.arguments.get("account", "")


def _state(stage: str, language: str) -> str:
    with translation.override(WRITTEN.get(language, "zh-hans")):
        return str(names.STAGES[stage])


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(microsecond=0)


_TIMES: Final[Mapping[str, str]] = {"day": "date", "clock": "time"}
VOICE: Final = (
    VoiceAnswer(
        "progress",
        "lookup",
        _("How the latest case goes"),
        ("caller", "account", "language"),
        ("found", "found_without_day", "none"),
        {"case": "digits", "state": "text", **_TIMES},
        tell_progress,
        {
            "found": _("A case with its promised time"),
            "found_without_day": _("A case without a promised time"),
            "none": _("No open case"),
        },
    ),
    VoiceAnswer(
        "incident",
        "lookup",
        _("A known cause of trouble where the caller lives"),
        ("caller", "menu"),
        ("known", "open", "none"),
        _TIMES,
        tell_incident,
        {
            "known": _("Known, with the time by which it is over"),
            "open": _("Known, no time yet"),
            "none": _("Nothing known"),
        },
    ),
)

"""A wave is sent: everybody who was drawn gets a personal link, a part at a time.

Each part is one transaction: tokens are made, messages queued, and who was reached is noted. What
a worker did not finish the next one goes on with; a message is queued once for a customer and a
wave, whatever happens.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.links import TOKEN_BITS, hash_of, token_from
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.feedback.models import SurveyWave
from qiao.feedback.operations.survey_drawing import locked_wave
from qiao.feedback.operations.surveys import SurveyRefused
from qiao.messaging.operations import Queued, Receiver, Sending, Words, queue_messages
from qiao.staff.queries import organisation

TASK: Final = "feedback.send_survey"
PART: Final = 500


def lock_of(wave_id: int) -> str:
    """Under which the jobs of a wave run one after another."""
    return f"{TASK}:{wave_id}"


def send_wave(*, wave_id: int, page_url: str, actor: Actor, now: datetime) -> SurveyWave:
    """Have a wave sent by a worker; of one that was begun, the rest.

    `page_url` is the public address before the token. It is open for so many days from now on.
    Raises `Forbidden`, `SurveyRefused` for one that was sent wholly or has nobody.
    """
    required()
    wave = locked_wave(wave_id, actor)
    if wave.queued_at is not None:
        raise SurveyRefused("sent")
    if not wave.drawn_count:
        raise SurveyRefused("nobody")
    if wave.sent_at is None:
        wave.sent_at, wave.sent_by_id, wave.page_url = now, actor.staff_id, page_url
        wave.closes_at = now + timedelta(days=wave.survey.answer_days)
        wave.save(update_fields=["sent_at", "sent_by", "page_url", "closes_at"])
    background.defer(TASK, lock=lock_of(wave.pk), wave_id=wave.pk)
    return wave


def close_wave(*, wave_id: int, actor: Actor, now: datetime) -> SurveyWave:
    """Take no more answers from now on. Raises `Forbidden`, `SurveyRefused`."""
    required()
    wave = locked_wave(wave_id, actor)
    if wave.closes_at is None or wave.closes_at <= now:
        raise SurveyRefused("closed")
    wave.closes_at = now
    wave.save(update_fields=["closes_at"])
    return wave


_TAKE: Final = """
SELECT i.id, i.customer_id, EXISTS (
       SELECT FROM unnest(customers_held_as(customers_survivor(i.customer_id))) AS h (id)
         JOIN feedback_surveyinvitation o ON o.customer_id = h.id
        WHERE o.wave_id <> i.wave_id AND o.sent_at > %(since)s)
  FROM feedback_surveyinvitation i
 WHERE i.wave_id = %(wave)s AND i.state = 'drawn'
 ORDER BY i.id LIMIT %(most)s FOR NO KEY UPDATE OF i
"""
_NOTE: Final = """
UPDATE feedback_surveyinvitation i
   SET state = CASE WHEN x.reason = '' THEN 'sent' ELSE 'skipped' END, reason = x.reason,
       message_id = x.message,
       token_hash = CASE WHEN x.reason = '' THEN x.hash ELSE '' END,
       sent_at = CASE WHEN x.reason = '' THEN %(now)s::timestamptz END
  FROM unnest(%(ids)s::bigint[], %(messages)s::bigint[], %(reasons)s::text[], %(hashes)s::text[])
       AS x (id, message, reason, hash)
 WHERE i.id = x.id
"""


def send_part(*, wave_id: int, now: datetime, most: int = PART) -> int:
    """Invite the next part of a wave; how many were looked at, 0 once all are.

    Who was invited by another survey since the draw is left in peace.
    """
    required()
    wave = SurveyWave.objects.select_for_update(of=("self",)).select_related("survey").get(
        pk=wave_id
    )  # fmt: skip
    if wave.sent_at is None or wave.queued_at is not None:
        return 0
    taken = _take(wave, now, most)
    if not taken:
        wave.queued_at = now
        wave.save(update_fields=["queued_at"])
        return 0
    invited = [(pk, customer) for pk, customer, lately in taken if not lately]
    tokens = {pk: token_from(secrets.randbits(TOKEN_BITS)) for pk, _customer in invited}
    links = {pk: wave.page_url + token for pk, token in tokens.items()}
    receivers = [
        Receiver(
            customer_id=customer, subject_id=pk, values={"link": links[pk]},
            stop_url=f"{links[pk]}/stop",
        )
        for pk, customer in invited
    ]  # fmt: skip
    queued = queue_messages(sending=_sending(wave), receivers=receivers, actor=None, now=now)
    _note([pk for pk, _customer, _lately in taken], queued, tokens, now)
    return len(taken)


def _take(wave: SurveyWave, now: datetime, most: int) -> list[tuple[int, int, bool]]:
    values: dict[str, Any] = {
        "wave": wave.pk,
        "since": now - timedelta(days=wave.gap_days),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        found: list[tuple[int, int, bool]] = cursor.fetchall()
    return found


def _note(ids: Sequence[int], queued: Queued, tokens: Mapping[int, str], now: datetime) -> None:
    told = [queued.by_subject.get(pk, (None, "told_already")) for pk in ids]
    values: dict[str, Any] = {
        "ids": list(ids),
        "messages": [message for message, _reason in told],
        "reasons": [
            reason if pk in tokens else "lately"
            for pk, (_message, reason) in zip(ids, told, strict=True)
        ],
        "hashes": [hash_of(tokens[pk]) if pk in tokens else "" for pk in ids],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)


def _sending(wave: SurveyWave) -> Sending:
    texts: dict[str, Words] = {}
    values: dict[str, str] = {}
    for key in DATA_KEYS:
        place = key.lower().replace("-", "_")
        values |= {f"title_{place}": wave.names[key], f"intro_{place}": wave.intros[key]}
        with override(key.lower()):
            texts[key] = Words(
                f"{{title_{place}}}", _body().replace("{intro}", f"{{intro_{place}}}")
            )
    assert wave.closes_at is not None
    zone = ZoneInfo(organisation(wave.survey.organisation_id).timezone)
    values["day"] = f"{wave.closes_at.astimezone(zone):%Y-%m-%d}"
    return Sending(
        organisation_id=wave.survey.organisation_id,
        kind="survey",
        purpose="survey",
        texts=texts,
        subject_kind="survey_invitation",
        values=values,
        key=f"survey:{wave.pk}",
    )


def _body() -> str:
    return _(
        "{name},\n\n{intro}\n\nPlease answer on this page, it takes about a minute:\n{link}\n\n"
        "The page is yours alone; it is open until {day}, and you can change your answers until"
        " then. If you want no more surveys from us, one press is enough:\n{link}/stop\n\n"
        "{organisation}"
    )

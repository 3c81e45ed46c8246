"""Calls as work that is judged by score cards: those whose recording is kept, with their story."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import EvaluationSubject, FinishedWork, Story, StoryLine, Text
from qiao.core.packs.enabled import catalogue
from qiao.core.ui.moments import duration
from qiao.core.wording import said
from qiao.staff.queries import names_of
from qiao.telephony import words
from qiao.telephony.queries import (
    CallNotVisible,
    CallStory,
    number_words,
    queue_name,
    sees_listening,
    story_of,
)

SUBJECT: Final = "call"
# Whose call it was last is judged; whoever had it, was asked or listened in does not judge it.
_POOL: Final = """
SELECT c.id, coalesce(i.number, 'q' || c.id), c.organisation_id, c.staff_id, c.queue,
       array_remove(array_agg(DISTINCT t.staff_id)
                    || array_agg(DISTINCT (e.data ->> 'staff')::bigint) || c.staff_id, NULL)
  FROM telephony_call c
  JOIN staff_organisation o ON o.id = c.organisation_id
  LEFT JOIN contact_interaction i ON i.id = c.interaction_id
  LEFT JOIN telephony_callturn t ON t.call_id = c.id
  LEFT JOIN telephony_callentry e ON e.call_id = c.id
        AND e.kind IN ('consulted', 'watched', 'taken_over')
 WHERE c.organisation_id = ANY(%(organisations)s) AND c.phase = 'ended' AND c.staff_id IS NOT NULL
   AND c.arrived_at >= %(since)s::date::timestamp AT TIME ZONE o.timezone
   AND c.arrived_at < (%(until)s::date + 1)::timestamp AT TIME ZONE o.timezone
   AND EXISTS (SELECT FROM telephony_callrecording r
                WHERE r.call_id = c.id AND r.kind = 'talk' AND r.state = 'kept')
 GROUP BY c.id, i.number
 ORDER BY c.id
"""


def recorded_calls(
    *, organisation_ids: Iterable[int], since: date, until: date
) -> list[FinishedWork]:
    """Calls of these units that came within days, both inclusive, and can be heard."""
    values: dict[str, Any] = {
        "organisations": list(organisation_ids),
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POOL, values)
        return [
            FinishedWork(
                subject_id=call_id,
                number=number,
                organisation_id=unit,
                team_id=None,
                person_id=person,
                kind_key=queue,
                is_complaint=False,
                was_reopened=False,
                touched_by=frozenset(touched),
            )
            for call_id, number, unit, person, queue, touched in cursor.fetchall()
        ]


def call_story(*, actor: Actor, subject_id: int, now: datetime) -> Story | None:
    """A call with all that happened, oldest first; None where the actor may not see it. It is
    heard on its own page."""
    try:
        found = story_of(actor=actor, call_id=subject_id)
    except CallNotVisible:
        return None
    call, contact = found.call, found.contact
    facts = (
        (_("Queue"), queue_name(call.queue) if call.queue else ""),
        (_("Waited"), duration(sum(turn.wait_seconds for turn in found.turns))),
        (_("Talked"), duration(sum(turn.talk_seconds for turn in found.turns))),
        (_("Customer"), found.customer.name if found.customer else ""),
        (_("What it was about"), contact.subject if contact else ""),
        (_("Note"), contact.summary if contact else ""),
    )
    return Story(
        number=contact.number if contact else f"q{call.pk}",
        title=number_words(call.phone, call.caller, actor) or _("Number withheld"),
        url=reverse("telephony:detail", args=[call.pk]),
        organisation_id=call.organisation_id,
        facts=tuple(each for each in facts if each[1]),
        lines=tuple(_lines(found, actor, now)),
    )


def _lines(found: CallStory, actor: Actor, now: datetime) -> list[StoryLine]:
    people = {each.data.get("staff") for each in found.entries} - {None}
    sees = sees_listening(actor=actor, call=found.call, now=now)
    teller = words.Teller(names_of(people), actor, sees_listening=sees)
    told = [(each, teller.tell(each.kind, each.data)) for each in found.entries]
    return [
        StoryLine(
            seq=entry.seq, at=entry.at, title=line[1], detail="", text="", who="", icon=line[0],
            tone="", side="",
        )
        for entry, line in told
        if line is not None
    ]  # fmt: skip


def queues_of_calls() -> Sequence[tuple[str, Text]]:
    """Queues by key, in words."""
    return [
        (key, said(spec.name))
        for key, spec in catalogue().queues.items()
        if "phone" in spec.channels
    ]


EVALUATED: Final = (
    EvaluationSubject(
        key=SUBJECT,
        label=pgettext_lazy("work that is judged", "Call"),
        pool=recorded_calls,
        story=call_story,
        kinds=queues_of_calls,
    ),
)

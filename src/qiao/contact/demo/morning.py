"""The live morning of contacts: calls come in, are talked through, and are closed."""

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import connection

from qiao.cases.operations import OpenRequest, open_case
from qiao.contact.demo.history import OUTCOMES
from qiao.contact.models import Interaction, InteractionEvent
from qiao.contact.operations import (
    finish,
    identify_customer,
    link_case,
    mark_unknown,
    start_interaction,
)
from qiao.contact.queries.choices import pack_of
from qiao.core.actor import Actor
from qiao.core.demo_facts import sample_facts
from qiao.core.demo_rhythm import (
    demo_pack,
    moment_random,
    phrases_of,
    pulse,
    type_weight,
)
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack
from qiao.core.packs.qualify import qualify
from qiao.staff.queries import cast_ids, extras

PHONE = Interaction.Channel.PHONE
SELDOM = 0.05  # of the same: what does not come by telephone
MOST_CLOSED = 2  # within one breath
RINGS = 0.35  # how often somebody calls within one breath of the busiest hour
SHORTEST_TALK = timedelta(seconds=40)
LONGEST_SILENCE = timedelta(seconds=20)
MOST_AT_HAND = 6
BECOMES_A_CASE = 0.3
# With more open cases than this per member of staff, callers ask rather than report.
OPEN_A_PERSON = 3
UNKNOWN_SHARE = 0.05

_CALLER = """
SELECT a.id, o.customer_id, a.organisation_id, p.region, p.full_text, p.id, s.id, c.name,
       (SELECT number FROM customers_customerphone n WHERE n.customer_id = o.customer_id
         ORDER BY is_primary DESC, id LIMIT 1)
  FROM customers_account a
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_premises p ON p.id = s.premises_id
  JOIN customers_accountparty o
    ON o.account_id = a.id AND o.role = 'owner' AND o.period @> %(day)s::date
  JOIN customers_customer c ON c.id = o.customer_id
 WHERE a.status <> 'closed' AND a.id >= (
       SELECT (min(id) + (max(id) - min(id)) * %(place)s)::bigint FROM customers_account)
 ORDER BY a.id LIMIT 1
"""
_LOAD = """
SELECT (SELECT count(*) FROM cases_case WHERE closed_at IS NULL),
       (SELECT count(*) FROM staff_staff WHERE is_active)
"""


def tick(now: datetime) -> None:
    """Close a talk that has lasted, and let somebody call."""
    pack = demo_pack()
    if pack is None:
        return
    rng = moment_random(now, "contact")
    played = cast_ids()
    at_hand = Interaction.objects.at_hand().exclude(agent__in=played).order_by("started_at", "id")
    over = at_hand.filter(started_at__lt=now - SHORTEST_TALK)
    if settings.SWITCH:  # a talk on the telephone ends with its call
        over = over.exclude(channel=PHONE, state=Interaction.State.OPEN)
    for talk in over.select_related("agent")[:MOST_CLOSED]:
        _close(talk, _pack_of(talk) or pack, now, rng)
    agents = extras(role="agent", day=now.date())
    often = SELDOM if settings.SWITCH else RINGS  # whoever telephones comes by the switch
    rings = _is_quiet(now) or rng.random() < often * pulse(now, pack)
    if agents and rings and at_hand.count() < MOST_AT_HAND:
        _ring(rng.choice(agents), pack, now, rng)


def _pack_of(talk: Interaction) -> Pack | None:
    """The pack in whose words the talk ends, where it says what its customers say."""
    pack = catalogue().packs.get(pack_of(talk))
    return pack if pack and pack.demo.types else None


def _is_quiet(now: datetime) -> bool:
    """Whether nothing was heard of any contact for longer than a visitor waits to see it."""
    last = InteractionEvent.objects.order_by("-id").values_list("at", flat=True).first()
    return last is None or now - last >= LONGEST_SILENCE


def _ring(actor: Actor, pack: Pack, now: datetime, rng: Random) -> None:
    """Somebody calls, or comes to the counter, and is found among the customers."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLER, {"day": now.date(), "place": rng.random()})
        row = cursor.fetchone()
    channels = [
        key
        for key in pack.demo.channels
        if key in Interaction.Channel.values and not (settings.SWITCH and key == PHONE)
    ]
    channel = rng.choices(channels, [pack.demo.channels[key] for key in channels])[0]
    phone = (row and row[8]) or f"138{rng.randrange(10**8):08d}"
    talk = start_interaction(
        channel=channel, actor=actor, now=now, phone=phone if channel == "phone" else ""
    )
    if row is None or rng.random() < UNKNOWN_SHARE:
        mark_unknown(interaction_id=talk.pk, reason="not_found", actor=actor, now=now)
        return
    identify_customer(
        interaction_id=talk.pk,
        customer_id=row[1],
        account_id=row[0],
        actor=actor,
        now=now,
        evidence="number",
    )


def _close(talk: Interaction, pack: Pack, now: datetime, rng: Random) -> None:
    """End a talk: with a case, or with an answer at once."""
    actor = next(a for a in extras(role="agent", day=now.date()) if a.staff_id == talk.agent_id)
    if talk.customer_id is None and not talk.unknown_reason:
        mark_unknown(interaction_id=talk.pk, reason="not_found", actor=actor, now=now)
        talk.refresh_from_db()
    becomes_case = talk.customer_id is not None and rng.random() < BECOMES_A_CASE * _room()
    item = _matter(pack, now, rng, answered=not becomes_case)
    words = rng.choice(phrases_of(pack, item))
    end = "case_opened" if becomes_case else rng.choices(
        list(OUTCOMES), [weight for weight, _ in OUTCOMES.values()]
    )[0]  # fmt: skip
    if becomes_case:
        _open(talk, item, words, actor, now, rng)
    finish(
        interaction_id=talk.pk,
        subject=words.rstrip("。").split("，")[0][:60],
        outcome=qualify(pack.key, end),
        reason=item.key,
        note=words + (OUTCOMES[end][1] if end in OUTCOMES else ""),
        actor=actor,
        now=now,
    )


def _room() -> float:
    """1 while people have time for more cases, falling to 0 as open work piles up."""
    with connection.cursor() as cursor:
        cursor.execute(_LOAD)
        load, people = cursor.fetchone()
    full = max(1, OPEN_A_PERSON * people)
    return float(min(1.0, max(0.0, 2 * (1 - load / full))))


def _matter(pack: Pack, now: datetime, rng: Random, *, answered: bool) -> CaseType:
    """What it is about; who is answered at once asks, who gets a case reports."""
    weights = [
        type_weight(pack, item, now.month)
        * ((1.0 if item.group == "enquiry" else 0.2) if answered else 1.0)
        * (0.3 if item.group == "enquiry" and not answered else 1.0)
        for item in pack.case_types
    ]
    return rng.choices(pack.case_types, weights)[0]


def _open(
    talk: Interaction, item: CaseType, words: str, actor: Actor, now: datetime, rng: Random
) -> None:
    account = talk.account
    point = account.service_point if account else None
    premises = point.premises if point else None
    case = open_case(
        request=OpenRequest(
            type_key=item.key,
            organisation_id=talk.organisation_id,
            title=words.rstrip("。").split("，")[0][:40],
            description=words,
            channel=talk.channel,
            area=premises.region if premises else "",
            place=premises.full_text if premises else "",
            facts=sample_facts(item.fields, rng, [words]),
            customer_id=talk.customer_id,
            account_id=talk.account_id,
            premises_id=premises.pk if premises else None,
            service_point_id=point.pk if point else None,
            caller_phone=talk.caller_phone,
        ),
        actor=actor,
        now=now,
    )
    link_case(interaction_id=talk.pk, case_id=case.pk, kind="opened", actor=actor, now=now)

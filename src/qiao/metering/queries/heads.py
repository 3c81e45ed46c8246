"""Head-ends, as whom they act, what they sent and what of it was put aside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from qiao.core.actor import Actor
from qiao.core.leading import is_led
from qiao.metering.models import AsideMessage, HeadEnd, HeadEndFigures, ListenerState
from qiao.metering.rules.topics import matches, overlap
from qiao.staff.queries import organisation, subtree_of

LEAD: Final = "metering_listener"
READ: Final = "metering.read"
PAGE: Final = 30
LATE: Final = timedelta(seconds=30)  # of the listener's word, after which it is not believed


class HeadEndUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such head-end within the actor's sight."""


class MessageUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such message within the actor's sight."""


@dataclass(frozen=True, slots=True)
class HeadEndLine:
    """A head-end with its figures, None before its first message, and how many of its messages
    wait."""

    head_end: HeadEnd
    figures: HeadEndFigures | None
    waiting: int


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages in a list, and the id after which the next page begins."""

    rows: list[AsideMessage]
    after: int | None


def every_head_end() -> list[HeadEnd]:
    """All of the installation, those that are switched off among them."""
    return list(HeadEnd.objects.order_by("id"))


def of_topic(heads: Collection[HeadEnd], topic: str) -> HeadEnd | None:
    """Whose a topic is; no two head-ends share one."""
    return next((each for each in heads if matches(each.topic, topic)), None)


def overlapping(wanted: str) -> HeadEnd | None:
    """A head-end that has topics of a filter already."""
    return next((each for each in every_head_end() if overlap(each.topic, wanted)), None)


def source_of(head_end: HeadEnd) -> str:
    """By which its readings and loads name where they come from."""
    return f"mqtt.{head_end.account_id}"


def actor_of(head_end: HeadEnd) -> Actor:
    """As whom what it sends is taken in: its own account, in its unit and all below it."""
    return Actor(
        staff_id=head_end.account_id,
        name=head_end.name,
        organisation_id=head_end.organisation_id,
        grants={READ: tuple(sorted(subtree_of(head_end.organisation_id)))},
        roles=frozenset({"program"}),
        title="MQTT",
        timezone=organisation(head_end.organisation_id).timezone,
    )


def head_end_for(*, actor: Actor, head_end_id: int) -> HeadEnd:
    """A head-end of a unit of the actor. Raises `HeadEndUnknown`."""
    found = HeadEnd.objects.visible_to(actor).filter(pk=head_end_id).first()
    if found is None:
        raise HeadEndUnknown(head_end_id)
    return found


def lines_of(heads: Sequence[HeadEnd]) -> list[HeadEndLine]:
    """Head-ends with what they sent."""
    ids = [each.pk for each in heads]
    figures = HeadEndFigures.objects.in_bulk(ids)
    waiting = AsideMessage.objects.filter(head_end__in=ids, state=AsideMessage.State.WAITING)
    counts = dict(waiting.values_list("head_end").annotate(Count("pk")))
    return [HeadEndLine(each, figures.get(each.pk), counts.get(each.pk, 0)) for each in heads]


def list_head_ends(*, actor: Actor) -> list[HeadEndLine]:
    """Head-ends of the actor's units, those in use first."""
    rows = HeadEnd.objects.visible_to(actor).order_by("-is_active", "name", "id")
    return lines_of(list(rows))


def aside_messages(
    *, actor: Actor, head_end_id: int | None = None, state: str = "waiting", after: int = 0
) -> MessagePage:
    """Messages that were put aside, the newest first: of one head-end, or of the actor's units."""
    rows = AsideMessage.objects.visible_to(actor).filter(state=state).defer("payload")
    if head_end_id is not None:
        rows = rows.filter(head_end=head_end_id)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("head_end").order_by("-pk")[: PAGE + 1])
    return MessagePage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def aside_message_for(*, actor: Actor, message_id: int) -> AsideMessage:
    """A message of a unit of the actor. Raises `MessageUnknown`."""
    rows = AsideMessage.objects.visible_to(actor).select_related("head_end")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise MessageUnknown(message_id)
    return found


def waiting_ids(*, actor: Actor, head_end_id: int, most: int) -> list[int]:
    """Messages of a head-end that wait and can be tried again, the oldest first."""
    rows = AsideMessage.objects.visible_to(actor).filter(
        Q(state=AsideMessage.State.WAITING, is_cut=False), head_end=head_end_id
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class Listening:
    """How the listener fares: `state` is ``none`` (never seen), ``away``, ``connecting`` or
    ``connected``."""

    state: str
    said: ListenerState | None


def listening(now: datetime) -> Listening:
    """How the listener fares now."""
    said = ListenerState.objects.first()
    if said is None:
        return Listening("none", None)
    if now - said.seen_at > LATE or not is_led(LEAD):
        return Listening("away", said)
    return Listening("connected" if said.connected_at else "connecting", said)

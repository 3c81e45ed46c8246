"""Events: facts in the past tense, written with the change they tell of, and told on.

`publish` appends a row to ``core_event`` and defers one job for each subscriber in the same
transaction, by one statement: if the change is rolled back, nobody hears of it. The same row wakes
the live screens through NOTIFY, and feeds whatever reads the history later.
"""

import dataclasses
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol, TypeVar, get_type_hints

from django.db import connection

from qiao.core import correlation
from qiao.core.actor import Actor
from qiao.core.prepared import execute, fetch_all

LIVE_CHANNEL = "qiao_live"
DELIVER_TASK = "core.deliver"
QUEUE = "events"
TOPICS_AT_ONCE = 100
MAX_NOTIFY_BYTES = 7_500  # PostgreSQL refuses a payload of 8,000 bytes or more


class Event(Protocol):
    """A frozen dataclass registered with `event_type`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class EventType:
    """The registered name, version and live topics of an event class."""

    name: str
    version: int
    cls: type
    topics: tuple[str, ...]
    watched_by: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels beside an event: where, who, when, and under which correlation id."""

    event_id: int
    organisation_id: int
    actor_id: int | None
    occurred_at: datetime
    correlation_id: str


_types: dict[type, EventType] = {}
_by_name: dict[str, EventType] = {}


def event_type(
    name: str, *, version: int = 1, topics: tuple[str, ...] = (), watched_by: str = ""
) -> Callable[[type[E]], type[E]]:
    """Register a frozen dataclass as an event ``module.past_tense``; `topics` wake screens: of
    everybody in the organisation, or where a right is named in `watched_by` only of those who
    hold it there, and of the person whom the event names in its field ``staff_id``."""

    def register(cls: type[E]) -> type[E]:
        if name in _by_name and _by_name[name].cls.__qualname__ != cls.__qualname__:
            raise ValueError(f"two event classes claim the name {name}")
        _types[cls] = _by_name[name] = EventType(name, version, cls, topics, watched_by)
        return cls

    return register


def event_types() -> list[EventType]:
    """All registered event classes, by name."""
    return [_by_name[name] for name in sorted(_by_name)]


def type_of(cls: type) -> EventType:
    """The registration of an event class. Raises KeyError for an unregistered class."""
    return _types[cls]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"events carry ids and facts only, not {type(value).__name__}")


def to_payload(event: Event) -> str:
    """The event's fields as JSON text."""
    return json.dumps(dataclasses.asdict(event), default=_plain, ensure_ascii=False)


def from_payload(name: str, payload: dict[str, Any]) -> Any:
    """Build the event of that name from its JSON object; unknown fields are dropped."""
    cls = _by_name[name].cls
    hints = get_type_hints(cls)
    known = {}
    for item in dataclasses.fields(cls):
        if item.name in payload:
            value = payload[item.name]
            if hints[item.name] is datetime and isinstance(value, str):
                value = datetime.fromisoformat(value)
            if isinstance(value, list):
                value = tuple(value)
            known[item.name] = value
    return cls(**known)


Handler = Callable[..., None]
_subscribers: dict[str, dict[str, Handler]] = {}


def subscribe(event_class: type, key: str, handler: Handler) -> None:
    """Have `handler(event=, envelope=)` run once, in a job of its own, for each such event.

    `key` names the subscriber for ever (``dispatch.on_step_entered``): it guards against a
    second run of the same event. Called by the registry with what the manifests declare.
    """
    _subscribers.setdefault(type_of(event_class).name, {})[key] = handler


_listeners: dict[str, tuple[str, Handler]] = {}


def listen(key: str, wanted: str, handler: Handler) -> None:
    """Have `handler` run for events of every class, but only where `wanted` holds.

    `wanted` is a condition in SQL over ``%(name)s`` and ``%(organisation_id)s``. It is asked
    inside the statement that appends the event: one that nobody listens to causes no job.
    """
    _listeners[key] = (wanted, handler)


def handler_for(event_name: str, key: str) -> Handler:
    """The handler of a subscriber or listener. Raises KeyError if its module is gone."""
    if key in _listeners:
        return _listeners[key][1]
    return _subscribers[event_name][key]


_TOLD = """
WITH told AS (
    SELECT nextval('core_event_id_seq') AS id, given.*
      FROM jsonb_to_recordset(%(told)s::jsonb) AS given (
           name text, version int, organisation_id bigint, actor_id bigint, payload jsonb,
           moment text, message text, subscribers jsonb)
), written AS (
    INSERT INTO core_event
        (id, name, version, organisation_id, actor_id, correlation_id, payload, occurred_at,
         recorded_at)
    SELECT id, name, version, organisation_id, actor_id, %(correlation_id)s, payload,
           moment::timestamptz, clock_timestamp()
      FROM told
), heard AS (
    SELECT jsonb_build_object(
               'subscriber', s.key, 'name', told.name, 'payload', told.payload,
               'event_id', told.id, 'organisation_id', told.organisation_id,
               'actor_id', told.actor_id, 'occurred_at', told.moment,
               'correlation_id', %(correlation_id)s::text) AS args
      FROM told CROSS JOIN LATERAL (
           SELECT jsonb_array_elements_text(told.subscribers){listeners}) AS s (key)
)
SELECT told.id, pg_notify(%(channel)s, told.message),
       (SELECT procrastinate_defer_jobs_v1(array_agg(
                   ROW(%(queue)s, %(task)s, 0, NULL, NULL, args, NULL)
                   ::procrastinate_job_to_defer_v1))
          FROM heard HAVING count(*) > 0)
  FROM told
UNION ALL
SELECT NULL, pg_notify(%(channel)s, message), NULL FROM unnest(%(wakes)s::text[]) AS w (message)
ORDER BY 1
"""
_WAKE: Final = "SELECT pg_notify(%(channel)s, %(message)s)"


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a block has to tell: events as they are written, and what else wakes screens."""

    told: list[dict[str, Any]]
    wakes: list[str]


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered_events", default=None)


def publish(event: Event, *, organisation_id: int, actor: Actor | None, now: datetime) -> int:
    """Append the event and defer its subscribers' jobs in the running transaction.

    `now` is the moment it occurred. Returns the event's id, 0 within `together`, where it has none
    yet. Raises `RuntimeError` outside a transaction, since an event must stand or fall with the
    change it tells of.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() needs the transaction of the change it tells of")
    kind = type_of(type(event))
    payload = json.loads(to_payload(event))
    told = {
        "name": kind.name,
        "version": kind.version,
        "organisation_id": organisation_id,
        "actor_id": actor.staff_id if actor else None,
        "payload": payload,
        "moment": now.isoformat(),
        "message": _live_message(kind, organisation_id, payload),
        "subscribers": list(_subscribers.get(kind.name, {})),
    }
    gathered = _gathered.get()
    if gathered is not None:
        gathered.told.append(told)
        return 0
    return _write(_Gathered([told], []))[0]


@contextmanager
def together() -> Iterator[None]:
    """Write the events of a block, or of a function, and wake whom it wakes, in one statement at
    its end; none of them where it fails. Within another such block they are written at the end of
    that one; an inner one that fails leaves nothing behind, as its savepoint does."""
    outer = _gathered.get()
    if outer is not None:
        before = len(outer.told), len(outer.wakes)
        try:
            yield
        except BaseException:
            del outer.told[before[0] :], outer.wakes[before[1] :]
            raise
        return
    gathered = _Gathered([], [])
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    if gathered.told or gathered.wakes:
        _write(gathered)


def _write(gathered: _Gathered) -> list[int]:
    """Append events, wake the screens and defer the jobs of whoever hears them; their ids."""
    rows = fetch_all(
        _statement(tuple((key, wanted) for key, (wanted, _handler) in _listeners.items())),
        {
            "told": json.dumps(gathered.told, ensure_ascii=False),
            "wakes": gathered.wakes,
            "correlation_id": correlation.current_id(),
            "channel": LIVE_CHANNEL,
            "queue": QUEUE,
            "task": DELIVER_TASK,
        },
    )
    return [int(row[0]) for row in rows if row[0] is not None]


@lru_cache
def _statement(listeners: tuple[tuple[str, str], ...]) -> str:
    """With the conditions of those who listen asked of each event."""
    asked = "".join(f" UNION ALL SELECT '{key}' WHERE ({wanted})" for key, wanted in listeners)
    for name in ("name", "organisation_id"):
        asked = asked.replace(f"%({name})s", f"told.{name}")
    return _TOLD.replace("{listeners}", asked)


def wake(topics: Sequence[str]) -> None:
    """Wake the screens that listen to these topics when the running transaction commits.

    For what is no event of the house: nothing is kept, and a topic reaches every browser, so it
    may carry ids and never what is to be read.
    """
    with connection.cursor() as cursor:
        for start in range(0, len(topics), TOPICS_AT_ONCE):
            some = list(topics[start : start + TOPICS_AT_ONCE])
            message = json.dumps({"name": "core.woken", "topics": some, "org": None})
            cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, message])


def wake_people(
    topics: Sequence[str], people: Collection[int], *, right: str = "", organisation_id: int = 0
) -> None:
    """Wake the screens of some people that listen to these topics, as `wake` does for all; and of
    whoever holds `right` in the unit, where one is named."""
    if not people and not right:
        return
    message = {
        "name": "core.woken", "topics": list(topics), "org": organisation_id or None,
        "right": right, "to": sorted(people),
    }  # fmt: skip
    gathered = _gathered.get()
    if gathered is not None:
        gathered.wakes.append(json.dumps(message))
    else:
        execute(_WAKE, {"channel": LIVE_CHANNEL, "message": json.dumps(message)})


def _live_message(kind: EventType, organisation_id: int, payload: Any) -> str:
    head: dict[str, Any] = {"name": kind.name, "topics": kind.topics, "org": organisation_id}
    if kind.watched_by:
        head |= {"right": kind.watched_by, "to": [payload.get("staff_id")]}
    full = json.dumps(head | {"data": payload}, ensure_ascii=False)
    return full if len(full.encode()) <= MAX_NOTIFY_BYTES else json.dumps(head)

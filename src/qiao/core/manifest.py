"""What a module contributes to others. Every module declares one `manifest` in `module.py`.

Pages that show many modules read these declarations through the registry and import none of
the modules behind them, so adding a module edits nothing elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.figures import Cell, Column, Form, Grid, Scope, Standing
from qiao.core.personal import PersonalData
from qiao.core.tasks import PeriodicJob

Text = Any  # str or a lazy translation


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail. `count` is the key of a kept count shown beside it, if any."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    order: int
    shortcut: str = ""
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the customer's page, the workspace's aside, or the page of a case (``case``,
    which adds ``%(case_id)s``; with ``case_side`` as well it stands in the right column there).

    `sql` is one SELECT giving one JSON value; its parameters are ``%(customer_id)s``,
    ``%(customer_ids)s`` (bigint[]: that one and those merged into it), ``%(organisation_ids)s``
    (bigint[], those in which `permission` holds) and ``%(now)s``.
    All panels of a place are read in a single statement. A panel whose value is NULL is absent.
    Places: ``customer`` and ``aside`` (the workspace's right side) draw the frame with the title
    around `template`, which draws the body from `data`; ``band`` is the customer's head, ``strip``
    the row of figures below it (each template one ``{% stat %}``), both without a frame.
    """

    key: str
    title: Text
    template: str
    sql: str
    permission: str
    places: frozenset[str]
    order: int


@dataclass(frozen=True, slots=True)
class HistoryCount:
    """How much history of one kind a customer has; shown where two customers are compared.

    `sql` is one SELECT of one number; parameters as for `Panel`.
    """

    key: str
    label: Text
    sql: str
    permission: str


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """Rows for the customer's timeline: a SELECT of exactly these columns, in this order:

    ``at timestamptz, kind text, ref bigint, channel text, title text, body text, staff text,
    status text, number text``; parameters as for `Panel`, with ``%(before)s`` and ``%(limit)s``.
    `url_name` opens one row by its `ref`; `icon` stands for kinds without a channel; `words` say
    a status key in the reader's language.
    """

    key: str
    sql: str
    permission: str
    url_name: str
    icon: str
    words: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search result: where it leads, what it shows, and why it matched."""

    kind: str
    title: str
    detail: str
    url: str
    icon: str
    tier: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """A source of the palette and of search pages. `prefix` narrows to it (``#`` cases)."""

    key: str
    label: Text
    prefix: str
    permission: str
    search: Callable[..., Sequence[Hit]]  # (*, actor, text, limit)
    order: int


@dataclass(frozen=True, slots=True)
class SegmentField:
    """A field that rules of segments may ask for.

    `sql` is one expression over the customer's row ``c`` and ``h.ids`` (bigint[]: the customer and
    those merged into it), with the parameters ``%(today)s`` (a date) and ``%(zone)s``; NULL where
    nothing is known. `kind` says what it gives: ``choice`` (text), ``many`` (text[]), ``number``,
    ``money`` (minor units), ``days``, ``flag`` (boolean, never NULL). `choices` are the keys with
    their words.

    `touched_by` names tables: when rows there change, the customers are looked at again whose ids
    its SELECT gives over ``{rows}``. `moves_with_time`: the value changes without any change of
    rows, so members are looked at again every night.
    """

    key: str
    label: Text
    kind: str
    sql: str
    permission: str
    order: int
    touched_by: Mapping[str, str] = field(default_factory=dict)
    choices: Callable[[], Sequence[tuple[str, Text]]] | None = None
    moves_with_time: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of the palette: `pinyin` holds initials that find it in Chinese."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that roles may hold, named ``module.verb``."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handler(event=, envelope=)` runs once per event, as a job, in one transaction."""

    event: type
    handler: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Listener:
    """`handler(event=, envelope=)` runs, as of a `Subscription`, for events of every class for
    which `wanted` holds: a condition in SQL over ``%(name)s`` and ``%(organisation_id)s``.
    """

    wanted: str
    handler: Callable[..., None]


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One row of the workspace's left list.

    `ref` is its id within the source. `pane_url` answers the fragment that opens it in the
    middle. `phone` is a number in the stored form whose owner is still to be chosen. `severity` is
    1 (urgent) to 4 (low), 0 for none. `clock` is anything that the tag
    ``sla`` takes; a row without a clock shows how long ago `since` was.
    """

    ref: int
    who: str
    what: str
    pane_url: str
    customer_id: int | None = None
    phone: str = ""
    tier: str = ""
    channel: str = ""
    severity: int = 0
    clock: Any = None
    since: datetime | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A group of the workspace's left list, read from kept order.

    `load` gives at most `limit` rows of a scope: ``mine``, ``team`` or ``all``. `find` gives one
    row by its ref, or None if the actor may not see it. `counts` gives kept counts by scope in one
    statement, or is None where every scope is short. `topics` of the live stream tell of new rows;
    `sorted_by` says why the rows stand in this order.
    """

    key: str
    label: Text
    permission: str
    load: Callable[..., Sequence[InboxItem]]  # (*, actor, scope, now, limit)
    find: Callable[..., InboxItem | None]  # (*, actor, ref, now)
    order: int
    counts: Callable[..., Mapping[str, int]] | None = None  # (*, actor) -> by scope
    topics: tuple[str, ...] = ()
    sorted_by: Text = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A panel of the overview: a small table that leads to its records; see `core.figures`.

    `load` is given the actor and the scope and reads kept counts in one statement. `forms` are
    the ways to draw it, the usual one first. `width` is in twelfths of the page. A figure that
    cannot be told apart by pack says so with `by_pack`.
    """

    key: str
    title: Text
    forms: tuple[Form, ...]
    permission: str
    load: Callable[[Actor, Scope], Grid]
    order: int
    width: int = 4
    by_pack: bool = True


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of the overview's strip. `better` is the good direction: up, down or neither.

    `topic` names the live events that refresh it, for figures of the present moment.
    """

    key: str
    title: Text
    permission: str
    load: Callable[[Actor, Scope], Standing]
    order: int
    better: str = ""
    topic: str = ""
    by_pack: bool = True


@dataclass(frozen=True, slots=True)
class Workload:
    """Columns of the table of people: `load` gives for each key cells by staff id."""

    columns: tuple[Column, ...]
    permission: str
    load: Callable[[Actor, Scope], Mapping[str, Mapping[int, Cell]]]
    order: int
    by_pack: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated setting that the company may change on a page; see `core.parameters`.

    `kind`: ``number``, ``minutes`` (a duration), ``days``, ``money`` (minor units),
    ``percentage``, ``boolean``, ``choice`` or ``choices`` (several of `choices`). `least` and
    `most` limit numbers, both included. `default` holds where nothing is configured, for the
    reason `default_source`. With `second_person` a change takes effect only when somebody else
    agrees.
    """

    key: str
    label: Text
    kind: str
    default: Any
    default_source: Text
    unit: Text = ""
    least: int | None = None
    most: int | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    about: Text = ""
    permission: str = "core.configure"
    second_person: bool = False


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that a correction may change. `kind`: ``text``, ``date`` or ``choice``."""

    key: str
    label: Text
    kind: str = "text"
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a correction is about: a row by its number, and the values it has now, as text.

    `url` leads to its page, if it has one.
    """

    record_id: int
    organisation_id: int
    number: str
    title: str
    values: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A kind of record whose typing errors are put right by two people; see `core.corrections`.

    `find` gives the record of a number that the actor may see, or None; `load` the same by id,
    with its row locked if asked; `apply` writes the new values of some fields and raises
    `qiao.core.corrections.BadField` when a value cannot stand.
    """

    key: str
    label: Text
    number_label: Text
    permission: str
    fields: tuple[Correctable, ...]
    find: Callable[..., Record | None]  # (*, actor, number)
    load: Callable[..., Record | None]  # (*, actor, record_id, lock=False)
    apply: Callable[..., None]  # (*, actor, now, record_id, values)


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The words of an audited table for the people who read its changes.

    `fields` names columns; a column that is not named is not shown (search columns, for example).
    `values` says stored keys in words. `phones` are masked, `hidden` are never shown at all.
    `of_customer` is an SQL condition on rows of the trail (alias ``a``) that belong to a customer,
    with ``%(customer_ids)s`` (bigint[]).
    """

    table: str
    label: Text
    fields: Mapping[str, Text]
    values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    phones: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    of_customer: str = ""


@dataclass(frozen=True, slots=True)
class MatterSource:
    """What is still open for an account: told before somebody moves out of it or into it.

    `load` gives at most `limit` lines that the actor may see, the most pressing first.
    """

    key: str
    label: Text
    permission: str
    load: Callable[..., Sequence[Hit]]  # (*, actor, account_id, limit)
    order: int


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A set-based step of the demo world, run in `order` over all modules."""

    key: str
    order: int
    build: Callable[..., None]  # (world) -> None
    audit: Callable[..., Sequence[Any]] | None = None
    tick: Callable[[datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """All that one module contributes."""

    key: str
    label: Text
    navigation: tuple[NavItem, ...] = ()
    panels: tuple[Panel, ...] = ()
    histories: tuple[HistoryCount, ...] = ()
    timeline: tuple[TimelineSource, ...] = ()
    search: tuple[SearchSource, ...] = ()
    segment_fields: tuple[SegmentField, ...] = ()
    commands: tuple[Command, ...] = ()
    permissions: tuple[Permission, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    listeners: tuple[Listener, ...] = ()
    personal: tuple[PersonalData, ...] = ()
    periodic: tuple[PeriodicJob, ...] = ()
    inbox: tuple[QueueSource, ...] = ()
    figures: tuple[Figure, ...] = ()
    headlines: tuple[Headline, ...] = ()
    workload: tuple[Workload, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    corrections: tuple[Correction, ...] = ()
    audit_words: tuple[AuditTable, ...] = ()
    matters: tuple[MatterSource, ...] = ()
    demo: tuple[DemoStage, ...] = ()
    install: Callable[[datetime], None] | None = None  # run after every migration, repeatable
    append_only: tuple[str, ...] = ()
    audited: tuple[str, ...] = ()
    # Tables whose rows only follow from others: they go with what they refer to.
    derived: tuple[str, ...] = ()

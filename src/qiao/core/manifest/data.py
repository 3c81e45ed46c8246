"""What a module contributes to the care of data: segments, settings, corrections, trail,
retention."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qiao.core.manifest.pages import Text


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
    # A function where the choices are known only once everything is loaded.
    choices: tuple[tuple[str, Text], ...] | Callable[[], Sequence[tuple[str, Text]]] = ()
    about: Text = ""
    permission: str = "core.configure"
    second_person: bool = False
    everywhere: bool = False  # one value for the whole company, not by unit or region

    @property
    def options(self) -> tuple[tuple[str, Text], ...]:
        """The choices with their words."""
        return tuple(self.choices() if callable(self.choices) else self.choices)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that is made when it is wanted and kept nowhere."""

    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NoticeOccasion:
    """An occasion on which customers are told something; see the module `messaging`.

    `places` are the values that its texts may name beside ``{name}`` and ``{organisation}``, with
    an example of each. `texts` is the TOML file with the texts that every installation starts
    with, in a table named `key`. `enclosed` makes the file that goes along with an e-mail from the
    id of its subject and its language when it is sent, outside a transaction, and the same once
    more when it is sent again.
    """

    key: str
    label: Text
    places: Mapping[str, str]
    texts: Path
    enclosed: Callable[[int, str], MadeFile | None] | None = None


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
class Difference:
    """A field with what it was when asked, and what it shall be."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A request in words: its kind, what it is about, where that leads, and the differences."""

    kind: Text
    title: Text
    url: str
    differences: list[Difference]
    note: str = ""


def _nothing(**_about: Any) -> None:
    """Nothing follows a refusal."""


@dataclass(frozen=True, slots=True)
class Decidable:
    """A kind of request to a second person that is decided on the administrator's page.

    `kind` is that of the approval, ``<what>.<verb>``. `tell` says a request in words; `carry_out`
    does what was agreed to and `refuse` what follows a refusal, both in the transaction of the
    decision. `refusals` are exceptions of `carry_out` in the reader's words.
    """

    kind: str
    tell: Callable[..., Told]  # (approval)
    carry_out: Callable[..., None]  # (*, approval, actor, now)
    refuse: Callable[..., None] = _nothing  # (*, approval, actor, now)
    refusals: Mapping[type[Exception], Text] = field(default_factory=dict)


def rows_of_customers(table: str, *columns: str) -> str:
    """The condition `AuditTable.of_customer` of a table whose rows name customers in columns.

    An entry of a change holds only what changed, so the row itself says whose it is; of a row that
    is gone its first and last entry do.
    """
    told = " OR ".join(
        f"(coalesce(a.after, a.before) ->> '{column}')::bigint = ANY(%(customer_ids)s)"
        for column in columns
    )
    stored = " OR ".join(f"r.{column} = ANY(%(customer_ids)s)" for column in columns)
    return f"{told} OR a.row_id IN (SELECT r.id FROM {table} r WHERE {stored})"  # noqa: S608


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The words of an audited table for the people who read its changes.

    `fields` names columns; a column that is not named is not shown (search columns, for example).
    `values` says stored keys in words; where it is silent, the choices of the model do. `phones`
    are masked, `hidden` are never shown at all.
    `of_customer` is an SQL condition on rows of the trail (alias ``a``) that belong to a customer,
    with ``%(customer_ids)s`` (bigint[]); see `rows_of_customers`.
    """

    table: str
    label: Text
    fields: Mapping[str, Text]
    values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    phones: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    of_customer: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows of one kind are kept, and what then becomes of them; see `core.retention`.

    Rows ``r`` of `table` are due where the condition `due` holds, which compares with
    ``%(before)s`` (the moment a period ago) or, for what carries its own end, ``%(now)s``.
    `customer_ids`, where rows belong to customers, is an expression of bigint[]: rows whose
    customers are under a `LegalHold` stay. `clear` is given the idents of a batch and the moment
    and must leave none of them due but those that it gives back, which have come under a hold
    meanwhile (see `core.retention.nothing_holds`); without it the rows are deleted. `ident` names
    a row.

    The period is a dated parameter that two people change: `keep` by default because of
    `because`, never less than `least` (`law` says by which law), in `unit` days or hours. A
    `fixed` one is part of the product. `hourly` rules run every hour, the others by night.
    """

    key: str
    label: Text
    about: Text
    table: str
    due: str
    keep: int
    because: Text
    least: int = 1
    most: int | None = None
    law: Text = ""
    unit: str = "days"
    customer_ids: str = ""
    clear: Callable[[Sequence[Any], datetime], Sequence[Any] | None] | None = None
    ident: str = "r.id"
    batch: int = 2_000
    hourly: bool = False
    fixed: bool = False
    parameter: str = ""  # the key of its parameter where it has one of its own


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Why nothing of a customer may go yet: a condition over ``h.ids`` (bigint[], all ids under
    which the customer is held)."""

    key: str
    label: Text
    sql: str

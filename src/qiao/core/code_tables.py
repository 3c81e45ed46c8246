"""Code tables: what packs and the company bring as codes, each contributed by its own module.

A module declares a `CodeTable` in its manifest: columns, a query of rows, and what may be done.
The administration draws them all alike and knows none of them. There is no editor of raw tables:
an action calls an operation of the owning module, which checks, and refuses with `CodeRefused`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.rules.texts import language_key
from qiao.core.transactions import required

Text = Any  # str or a lazy translation
KIND_PREFIX = "code."
PAGE_SIZE = 100


class CodeRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """The action cannot be done. `words` say why; `field` names the field at fault, if one is."""

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(str(words))
        self.words = words
        self.field = field


class UnknownAction(Exception):  # noqa: N818 - names the finding
    """No module declares this table or action (any more)."""


class BadAction(TypeError):  # noqa: N818 - names the fault
    """A module declares an action whose request to a second person could not be kept safely."""


@dataclass(frozen=True, slots=True)
class CodeQuery:
    """Which rows are asked for: a page after the row `after`, or the one row `only`.

    `text` narrows to rows that hold it; `part` is one of the table's `parts`.
    """

    now: datetime
    language: str
    text: str = ""
    part: str = ""
    after: str = ""
    only: str = ""
    limit: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code. `key` is unique in its table and stands in addresses: no slash in it.

    `names` are its words by language key (``zh-Hans``), `cells` further values by column, as
    text or lists of text. `depth` indents a tree. `source` says who brought it: a pack with its
    version, the company, the product. `more` are lines of its own page only: label and value.
    """

    key: str
    names: Mapping[str, str]
    cells: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    is_active: bool = True
    source: Text = ""
    record_id: int = 0
    organisation_id: int = 0
    more: tuple[tuple[Text, Any], ...] = ()

    def name_in(self, language: str) -> str:
        """The name in a language, else any."""
        return self.names.get(language_key(language)) or next(iter(self.names.values()), self.key)

    def holds(self, text: str) -> bool:
        """Whether the key, a name or a cell contains the text, whatever its case."""
        wanted = text.casefold()
        told = [self.key, *self.names.values(), *(str(cell) for cell in self.cells.values())]
        return any(wanted in each.casefold() for each in told)


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """A column beside the name. `kind`: ``text``, ``own`` for words that somebody typed, ``code``
    or ``number``."""

    key: str
    label: Text
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class CodeField:
    """A field of an action. `kind`: ``text``, ``date``, ``choice``, ``many`` (any number of the
    choices) or ``secret``.

    A secret is never shown again. A request to a second person keeps what was typed until it is
    decided, so an action that may ask one has no secret.
    """

    key: str
    label: Text
    kind: str = "text"
    choices: tuple[tuple[str, Text], ...] = ()
    initial: Any = ""
    is_required: bool = True
    hint: Text = ""
    max_length: int = 100


Values = Mapping[str, Any]  # by field: str, `date`, a list of str or None


@dataclass(frozen=True, slots=True)
class CodeAction:
    """What may be done to a row, or without a row (`on_row` False) to the table: add one.

    `fields` gives the form's fields for the actor, the row and the day. `apply` calls the owning
    module's operation and returns what was done, in words; it raises `CodeRefused`. With
    `second_person` answering true for the values, somebody else has to agree first: only to what
    is done to a row, and never with a secret. The labels of such an action's fields are also
    asked for without the row. `offered` says whether the action makes sense for a row. With
    `whole_company` the permission must hold in the company. After one that `ends_row` there is no
    page of the row to go back to. With a `trial` the form offers to try first: it is called as
    `apply` is, changes nothing, and tells what the values would do.

    Raises `BadAction` for a second person without a row.
    """

    key: str
    label: Text
    icon: str
    permission: str
    fields: Callable[[Actor, CodeRow | None, date], tuple[CodeField, ...]]
    apply: Callable[..., Text]  # (*, actor, now, row_key, values)
    on_row: bool = True
    offered: Callable[[Actor, CodeRow], bool] = lambda _actor, _row: True
    second_person: Callable[[Values], bool] | None = None
    hint: Text = ""
    is_grave: bool = False
    whole_company: bool = False
    ends_row: bool = False
    trial: Callable[..., Text] | None = None

    def __post_init__(self) -> None:
        if self.second_person is not None and not self.on_row:
            raise BadAction(f"{self.key}: a second person agrees to what is done to a row")

    def asked(self, actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
        """The form's fields. Raises `BadAction` for a secret that a request would keep."""
        found = self.fields(actor, row, day)
        if self.second_person is not None and any(each.kind == "secret" for each in found):
            raise BadAction(f"{self.key}: a secret may not wait for a second person")
        return found

    def asks_second(self, values: Values) -> bool:
        """Whether somebody else has to agree to these values."""
        return self.second_person is not None and self.second_person(values)


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A table of codes. `load` gives one row more than the limit where more follow.

    `parts` are ways to narrow it, the usual first (years of a calendar); `audit_table` names the
    audited table whose changes the trail tells, where rows have a `record_id` there.
    """

    key: str
    label: Text
    about: Text
    group: Text
    permission: str
    columns: tuple[CodeColumn, ...]
    load: Callable[[Actor, CodeQuery], Sequence[CodeRow]]
    order: int
    actions: tuple[CodeAction, ...] = ()
    parts: Callable[[Actor, date], Sequence[tuple[str, Text]]] | None = None
    audit_table: str = ""

    def action(self, key: str) -> CodeAction:
        """Raises `UnknownAction`."""
        for each in self.actions:
            if each.key == key:
                return each
        raise UnknownAction(f"{self.key}.{key}")

    def find(self, *, actor: Actor, query: CodeQuery) -> CodeRow | None:
        """The row that the query asks for alone, or None if the actor may not see it."""
        rows = self.load(actor, query)
        return rows[0] if rows else None


def among(rows: Sequence[CodeRow], query: CodeQuery) -> list[CodeRow]:
    """The asked ones out of all rows, for tables that are short enough to be read whole."""
    if query.only:
        return [row for row in rows if row.key == query.only]
    found = [row for row in rows if not query.text or row.holds(query.text)]
    keys = [row.key for row in found]
    start = keys.index(query.after) + 1 if query.after in keys else 0
    return found[start : start + query.limit + 1]


def request_action(
    *,
    table: CodeTable,
    action: CodeAction,
    row: CodeRow,
    values: Values,
    shown: Mapping[str, str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person. `shown` are the values as the form told them, for who decides.

    Raises `AlreadyPending`.
    """
    required()
    kept = {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in values.items()
    }
    return request_approval(
        kind=f"{KIND_PREFIX}{table.key}/{action.key}",
        subject_id=row.record_id,
        organisation_id=row.organisation_id or actor.organisation_id,
        payload={
            "row": row.key,
            "title": row.name_in(""),
            "values": kept,
            "dates": [key for key, value in values.items() if isinstance(value, date)],
            "shown": dict(shown),
        },
        reason=reason,
        actor=actor,
        now=now,
    )


def split_kind(kind: str) -> tuple[str, str]:
    """The keys of table and action out of the kind of a request."""
    table, _slash, action = kind.removeprefix(KIND_PREFIX).partition("/")
    return table, action


def carry_out(*, action: CodeAction, approval: Approval, requester: Actor, now: datetime) -> None:
    """Do what a second person agreed to, with the rights that who asked has today.

    Raises `CodeRefused`.
    """
    required()
    given = approval.payload
    values = {
        key: date.fromisoformat(value) if key in given["dates"] else value
        for key, value in given["values"].items()
    }
    action.apply(actor=requester, now=now, row_key=given["row"], values=values)

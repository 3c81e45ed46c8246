"""What a module contributes to pages: rail, panels, search, the workspace, the overview."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.figures import Cell, Column, Form, Grid, Scope, Standing

Text = Any  # str or a lazy translation


NAV_GROUPS: tuple[tuple[str, Text], ...] = (
    ("work", pgettext_lazy("rail", "Daily work")),
    ("improve", pgettext_lazy("rail", "Improving")),
    ("figures", pgettext_lazy("rail", "Figures")),
    ("system", pgettext_lazy("rail", "System")),
)
"""The groups of the rail, in order; the last one stands at its foot."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail, in one of `NAV_GROUPS`. `count` is the key of a kept count shown
    beside it, if any.

    With `only_as_home` it is shown to those alone one of whose roles begins on this page: a right
    that came along with others (``customers.*``) makes nobody do that work.
    """

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    order: int
    shortcut: str = ""
    count: Callable[[Actor], int] | None = None
    only_as_home: bool = False
    group: str = "work"


CUSTOMER_TOPICS: tuple[tuple[str, Text], ...] = (
    ("customer", pgettext_lazy("customer's page", "Overview")),
    ("customer.accounts", pgettext_lazy("customer's page", "Accounts")),
    ("customer.service", pgettext_lazy("customer's page", "Service")),
    ("customer.relations", pgettext_lazy("customer's page", "Relations")),
    ("customer.file", pgettext_lazy("customer's page", "File and consent")),
    ("customer.value", pgettext_lazy("customer's page", "Tier and value")),
    ("customer.data", pgettext_lazy("customer's page", "Data care")),
)
"""The places of the customer's page, one a tab: what a panel of it belongs to, with its words."""


@dataclass(frozen=True, slots=True)
class PersonLink:
    """An entry of everybody's own menu; the page at hand is passed on as ``from``.

    One `in_frame` stands as a button in the top bar instead, and opens as a dialog.
    """

    label: Text
    icon: str
    url_name: str
    in_frame: bool = False


@dataclass(frozen=True, slots=True)
class FramePart:
    """Something that stands in the frame of every page for holders of a right.

    `place` is ``bar`` (in the top bar) or ``over`` (above the page, such as who is ringing).
    `load` gives what `template` draws as ``part``, or None to leave it out. One that `follows` how
    its person stands is drawn anew whenever that changes, by one request for all of them: its
    template is one element with an id, and says ``hx-swap-oob`` where ``anew`` is set.
    """

    key: str
    place: str
    template: str
    permission: str
    load: Callable[..., Mapping[str, Any] | None]  # (*, actor, now, path): of the page
    order: int
    follows: bool = False


@dataclass(frozen=True, slots=True)
class ContactTool:
    """What else may be done with a contact at hand, drawn in its head: the keys of its call.

    `load` gives what `template` draws as ``tool``, or None where it has nothing to do with it;
    ``ends`` in it says that the tool itself ends what the contact came by. `came` tells how it
    came here.
    """

    key: str
    template: str
    permission: str
    load: Callable[..., Mapping[str, Any] | None]  # (*, actor, interaction_id, now)
    order: int
    came: "Callable[..., CameBy] | None" = None  # (*, interaction_id)


@dataclass(frozen=True, slots=True)
class CameBy:
    """The queue in which a contact waited last, and the matter (a case type) that whoever comes
    that way mostly comes for, both by their qualified keys; empty for none."""

    queue: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class NumberKey:
    """A key beside a customer's telephone number, for holders of a right: it posts to
    `url_name`, whose parts are the ids of the customer and of the number. ``case`` is posted with
    it where the number stands on the page of a case: its id."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the customer's page, the workspace's aside, or the page of a case (``case``,
    which adds ``%(case_id)s``; with ``case_side`` as well it stands in the right column there).

    `sql` is one SELECT giving one JSON value; its parameters are ``%(customer_id)s``,
    ``%(customer_ids)s`` (bigint[]: that one and those merged into it), ``%(organisation_ids)s``
    (bigint[], those in which `permission` holds) and ``%(now)s``.
    All panels of a place are read in a single statement. A panel whose value is NULL is absent.
    Places: those of `CUSTOMER_TOPICS` (``customer``, the overview, only for what is looked at
    in every talk) and ``aside`` (the workspace's right side) draw the frame with the title
    around `template`, which draws the body from `data`; ``band`` is the customer's head, ``strip``
    the row of figures below it (each template one ``{% stat %}``), both without a frame. `brief`
    is a template that says the most of `data` in a few words: where the workspace has no room for
    its right side, it stands above the talk.
    """

    key: str
    title: Text
    template: str
    sql: str
    permission: str
    places: frozenset[str]
    order: int
    brief: str = ""


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
class PortfolioCount:
    """How much of one kind a customer has, for the portfolio of the customer manager.

    `sql` is one SELECT of one number over ``h.ids`` (bigint[]: all ids the customer is held as),
    with ``%(organisation_ids)s`` and ``%(now)s`` as for `Panel`. An `is_alert` one is no column:
    it stands as a mark where it is not 0.
    """

    key: str
    label: Text
    sql: str
    permission: str
    order: int
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """Rows for the customer's timeline: a SELECT of exactly these columns, in this order:

    ``at timestamptz, kind text, ref bigint, channel text, title text, body text, staff text,
    status text, number text``; parameters as for `Panel`, with ``%(before)s`` and ``%(limit)s``.
    `url_name` opens one row by its `ref`; `icon` stands for kinds without a channel; `words` say
    a status key in the reader's language, and `entitle` the title, where the SELECT gives it as
    data (an amount with its currency); `label` names the source where the name of its module would
    not tell it apart.
    """

    key: str
    sql: str
    permission: str
    url_name: str
    icon: str
    words: Mapping[str, Text] = field(default_factory=dict)
    label: Text = ""
    entitle: Callable[[str], str] = str


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
class SearchSource:
    """A source of the palette and of search pages. `prefix` narrows to it (``#`` cases)."""

    key: str
    label: Text
    prefix: str
    permission: str
    search: Callable[..., Sequence[Hit]]  # (*, actor, text, limit)
    order: int


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of the palette. With `only_as_home` it is shown as a `NavItem` with it is."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    shortcut: str = ""
    only_as_home: bool = False


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
class AdministrationPage:
    """A page of a module that the administration leads to, for holders of a permission."""

    key: str
    label: Text
    url_name: str
    permission: str


@dataclass(frozen=True, slots=True)
class TabKind:
    """What a person may have open as a tab: its page, and what its tab says.

    `sql` gives one row of what stands for ``t.subject_id``: ``holder`` (the customer it belongs to
    as they are held now, or NULL), ``holder_name``, ``label`` (short), ``title`` (all of it) and
    ``has_draft`` (words of ``%(me)s`` that were not sent), within ``%(organisation_ids)s``.
    `argument` is the id's name in the address; `is_holder` marks the customer's own page.
    """

    key: str
    icon: str
    url_name: str
    argument: str
    permission: str
    sql: str
    is_holder: bool = False

"""The parts of other modules' pages that cases bring: panels, timeline, search, commands."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.cause_contributions import CAUSE_COMMANDS, CAUSE_PANELS
from qiao.cases.inbox import count_inbox, find_inbox, load_inbox
from qiao.cases.queries import (
    CaseLine,
    find_cases,
    my_open_count,
    open_cases_of_account,
)
from qiao.cases.showing import names
from qiao.core.actor import Actor
from qiao.core.manifest import (
    Command,
    HistoryCount,
    Hit,
    MatterSource,
    NavItem,
    Panel,
    PortfolioCount,
    QueueSource,
    SearchSource,
    SegmentField,
    TimelineSource,
)

VIEW = "cases.view"

NAVIGATION = (
    NavItem(
        key="cases",
        label=_("Cases"),
        icon="ticket",
        url_name="cases:list",
        permission=VIEW,
        order=20,
        shortcut="g c",
        count=my_open_count,
    ),
)

_ROW = """
jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title, 'names', t.names,
    'process', c.process_id, 'step', c.step, 'phase', c.phase, 'priority', c.priority,
    'level', c.level, 'due', c.due_at, 'paused', c.is_paused, 'opened', c.opened_at,
    'closed', c.closed_at, 'kept', c.promise_kept)
"""
_FROM = """
  FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (c.organisation_id + 0) = ANY(%(organisation_ids)s)
"""
OPEN = f"""
SELECT jsonb_agg(x.line ORDER BY x.due_at, x.id) FROM (
SELECT c.id, c.due_at, {_ROW} AS line {_FROM} AND c.closed_at IS NULL
 ORDER BY c.due_at, c.id LIMIT 8) x
"""  # noqa: S608 - this module's own pieces
RECENT = f"""
SELECT jsonb_agg(x.line ORDER BY x.opened_at DESC) FROM (
SELECT c.opened_at, {_ROW} AS line {_FROM} AND c.closed_at IS NOT NULL
   AND c.opened_at > %(now)s::timestamptz - interval '24 months'
 ORDER BY c.opened_at DESC LIMIT 5) x
"""  # noqa: S608 - as above
PANELS = (
    *CAUSE_PANELS,
    Panel(
        key="cases.open",
        title=_("Open cases"),
        template="cases/panels/open.html",
        sql=OPEN,
        permission=VIEW,
        places=frozenset({"aside", "customer", "customer.service"}),
        order=40,
    ),
    Panel(
        key="cases.recent",
        title=_("Cases so far"),
        template="cases/panels/recent.html",
        sql=RECENT,
        permission=VIEW,
        places=frozenset({"aside", "customer.service"}),
        order=70,
    ),
)

_TOUCHED = {"cases_case": "SELECT r.customer_id FROM {rows} r"}
# Cases about somebody of the house are not counted: whom they are kept from sees segments too.
SEGMENT_FIELDS = (
    SegmentField(
        "cases.open", _("Open cases"), "number",
        "(SELECT count(*) FROM cases_case k"
        " WHERE k.customer_id = ANY(h.ids) AND k.about_unit_id IS NULL AND k.closed_at IS NULL)",
        VIEW, 200, _TOUCHED,
    ),
    SegmentField(
        "cases.opened", _("Cases opened in 90 days"), "number",
        "(SELECT count(*) FROM cases_case k WHERE k.customer_id = ANY(h.ids)"
        " AND k.about_unit_id IS NULL"
        " AND k.opened_at >= (%(today)s::date - interval '90 days') AT TIME ZONE %(zone)s)",
        VIEW, 210, _TOUCHED, moves_with_time=True,
    ),
    SegmentField(
        "cases.complaints", _("Complaints in 3 months"), "number",
        "(SELECT count(*) FROM cases_case k JOIN cases_casetype y ON y.id = k.case_type_id"
        " WHERE k.customer_id = ANY(h.ids) AND k.about_unit_id IS NULL"
        " AND y.\"group\" = 'complaint'"
        " AND k.opened_at >= (%(today)s::date - interval '3 months') AT TIME ZONE %(zone)s)",
        VIEW, 220, _TOUCHED, moves_with_time=True,
    ),
    # By night too: a pack may put a case type into another group.
    SegmentField(
        "cases.groups", _("Kinds of open cases"), "many",
        "(SELECT array_agg(DISTINCT y.\"group\") FROM cases_case k"
        " JOIN cases_casetype y ON y.id = k.case_type_id"
        " WHERE k.customer_id = ANY(h.ids) AND k.about_unit_id IS NULL AND k.closed_at IS NULL)",
        VIEW, 230, _TOUCHED, lambda: list(names.GROUPS.items()), moves_with_time=True,
    ),
)  # fmt: skip

HISTORIES = (
    HistoryCount(
        key="cases",
        label=_("Cases"),
        sql="""
SELECT count(*) FROM cases_case c
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (c.organisation_id + 0) = ANY(%(organisation_ids)s)
""",
        permission=VIEW,
    ),
)

_OPEN = """
SELECT count(*) FROM cases_case k
 WHERE k.customer_id = ANY(h.ids) AND k.closed_at IS NULL
   AND (k.organisation_id + 0) = ANY(%(organisation_ids)s)
"""
_COMPLAINT = (
    "EXISTS (SELECT 1 FROM cases_casetype t WHERE t.id = k.case_type_id"
    " AND t.\"group\" = 'complaint')"
)
PORTFOLIO = (
    PortfolioCount("cases.open", _("Open cases"), _OPEN, VIEW, 10),
    PortfolioCount(
        "cases.complaints", _("Open complaint"),
        f"{_OPEN} AND {_COMPLAINT}",
        VIEW, 20, is_alert=True,
    ),
    PortfolioCount(
        "cases.late", _("Case past its promise"), f"{_OPEN} AND k.due_at < %(now)s", VIEW, 30,
        is_alert=True,
    ),
)  # fmt: skip

TIMELINE = (
    TimelineSource(
        key="cases",
        sql="""
SELECT c.opened_at, 'case', c.id, '', c.title, c.description, r.name, '', c.number
  FROM cases_case c JOIN staff_staff r ON r.id = c.responsible_id
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (c.organisation_id + 0) = ANY(%(organisation_ids)s) AND c.opened_at < %(before)s
 ORDER BY c.opened_at DESC LIMIT %(limit)s
""",
        permission=VIEW,
        url_name="cases:detail",
        icon="ticket",
    ),
)


def search_hits(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Cases by number, and open ones by title."""
    return _hits(find_cases(actor=actor, text=text, limit=limit))


def _hits(lines: Sequence[CaseLine]) -> list[Hit]:
    names.remember_steps({line.process_id for line in lines})
    return [
        Hit(
            kind="case",
            title=line.title,
            detail=" · ".join(
                filter(None, (line.number, names.type_name(line.type_names), line.place))
            ),
            url=reverse("cases:detail", args=[line.case_id]),
            icon="ticket",
            tag=names.step_name(line.process_id, line.step),
        )
        for line in lines
    ]


def open_matters(*, actor: Actor, account_id: int, limit: int) -> Sequence[Hit]:
    """Open cases about an account."""
    return _hits(open_cases_of_account(actor=actor, account_id=account_id, limit=limit))


MATTERS = (MatterSource("cases", _("Open cases"), VIEW, open_matters, 10),)

SEARCH = (
    SearchSource(
        key="cases",
        label=_("Cases"),
        prefix="#",
        permission=VIEW,
        search=search_hits,
        order=20,
    ),
)

INBOX = (
    QueueSource(
        key="cases",
        label=pgettext_lazy("inbox", "Cases by due time"),
        permission=VIEW,
        load=load_inbox,
        find=find_inbox,
        order=20,
        counts=count_inbox,
        topics=("cases",),
        sorted_by=pgettext_lazy("inbox order", "due first"),
    ),
)

COMMANDS = (
    *CAUSE_COMMANDS,
    Command("cases.new", _("New case"), "plus", "cases:new", "cases.open"),
    Command("cases.list", _("My cases"), "ticket", "cases:list", VIEW, shortcut="g c"),
)

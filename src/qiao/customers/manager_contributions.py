"""What customer managers bring: rights, pages, panels, timeline, segments, words of the trail."""
# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import (
    AuditTable,
    Command,
    DemoStage,
    NavItem,
    Panel,
    Permission,
    SegmentField,
    TimelineSource,
    rows_of_customers,
)
from qiao.core.personal import PersonalData
from qiao.customers import manager_demo
from qiao.customers.models import CustomerVisit, VisitPlan
from qiao.customers.operations.manager_forgetting import erase_managing
from qiao.customers.queries.manager_personal import collect_managing
from qiao.customers.queries.manager_sql import manager_of
from qiao.customers.queries.managers import (
    ASSIGN,
    IN_CARE,
    OWN,
    PANEL,
    TIMELINE_SQL,
    managers_at_work,
)

VIEW: Final = "customers.view"
PERMISSIONS = (
    Permission(OWN, _("Look after own customers: portfolio, plan and visits")),
    Permission(ASSIGN, _("Assign customer managers and hand customers over")),
)
NAVIGATION = (
    NavItem(
        "portfolio", _("My customers"), "briefcase", "customers:portfolio", OWN, 31,
        shortcut="g m", only_as_home=True,
    ),
)  # fmt: skip
PANELS = (
    Panel(
        "customers.manager", _("Customer manager"), "customers/panels/cared_by.html", PANEL, VIEW,
        frozenset({"customer.relations"}), 15,
    ),
    Panel(
        "customers.in_care", _("Customer manager"), "customers/panels/cared_by.html", IN_CARE,
        VIEW, frozenset({"customer", "aside"}), 15,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        "customers.portfolio",
        _("My customers"),
        "briefcase",
        "customers:portfolio",
        OWN,
        only_as_home=True,
    ),
    Command("customers.calendar", _("Visits ahead"), "calendar-event", "customers:calendar", OWN),
    Command(
        "customers.managers", _("Customer managers"), "users-group", "customers:managers", ASSIGN
    ),
)
TIMELINE = (
    TimelineSource(
        key="customers.visits",
        sql=TIMELINE_SQL,
        permission=VIEW,
        url_name="customers:visit",
        icon="briefcase",
        words=dict(CustomerVisit.Result.choices),
        label=_("Visits"),
    ),
)
DEMO = (DemoStage("customers.managers", 74, manager_demo.build, manager_demo.audit),)
AUDITED = (
    "customers_managerassignment",
    "customers_visitplan",
    "customers_customervisit",
    "customers_handoverofcustomers",
)
APPEND_ONLY = ("customers_handedover",)
PERSONAL = (
    PersonalData(
        key="customers.managing",
        order=93,
        collect=collect_managing,
        erase=erase_managing,
        counted={
            "customers.visits": _("Visits by the customer manager"),
            "customers.visit_plans": _("Visit plans"),
            "customers.managers": _("Words on customer managers"),
            "customers.hand_overs": _("Words on hand-overs of customers"),
            "customers.managing_trail": _("Entries of the audit trail on visits and managers"),
        },
    ),
)

AUDIT_WORDS = (
    AuditTable(
        table="customers_managerassignment",
        label=_("Customer manager"),
        fields={
            "manager_id": _("Customer manager"),
            "period": _("Days"),
            "reason": _("Reason"),
            "end_reason": _("Reason of the end"),
        },
        of_customer=rows_of_customers("customers_managerassignment", "customer_id"),
    ),
    AuditTable(
        table="customers_visitplan",
        label=_("Visit plan"),
        fields={
            "every_months": _("Months between visits"),
            "due_date": _("Next visit by"),
            "purpose": _("Purpose"),
        },
        values={"every_months": {str(key): label for key, label in VisitPlan.Rhythm.choices}},
        of_customer=rows_of_customers("customers_visitplan", "customer_id"),
    ),
    AuditTable(
        table="customers_customervisit",
        label=pgettext_lazy("visit to a customer", "Visit"),
        fields={
            "date": pgettext_lazy("visit to a customer", "Day"),
            "state": _("State"),
            "topic": _("Topic"),
            "how": pgettext_lazy("visit to a customer", "How"),
            "result": pgettext_lazy("visit to a customer", "Result"),
            "note": _("Note"),
            "next_step": _("Next step"),
            "reason": _("Reason"),
        },
        values={
            "state": dict(CustomerVisit.State.choices),
            "how": dict(CustomerVisit.How.choices),
            "result": dict(CustomerVisit.Result.choices),
        },
        of_customer=rows_of_customers("customers_customervisit", "customer_id"),
    ),
    AuditTable(
        table="customers_handoverofcustomers",
        label=_("Hand-over of customers"),
        fields={
            "day": pgettext_lazy("visit to a customer", "Day"),
            "reason": _("Reason"),
            "note": _("Note"),
            "customer_count": _("Customers"),
        },
        of_customer=(
            "a.row_id IN (SELECT d.hand_over_id FROM customers_handedover d"
            " WHERE d.customer_id = ANY(%(customer_ids)s))"
        ),
    ),
)


def _managers() -> Sequence[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in managers_at_work()]


_OWN_ROWS: Final = "SELECT r.customer_id FROM {rows} r"
_MANAGED: Final = {"customers_managerassignment": _OWN_ROWS}
_NOW: Final = manager_of("h.ids", "%(today)s::date")
SEGMENT_FIELDS = (
    SegmentField(
        "customers.managed", _("Has a customer manager"), "flag",
        f"EXISTS (SELECT 1 FROM {_NOW} m)", VIEW, 190, _MANAGED, moves_with_time=True,
    ),
    SegmentField(
        "customers.manager", _("Customer manager"), "choice",
        f"(SELECT m.manager_id::text FROM {_NOW} m)", VIEW, 191, _MANAGED, _managers,
        moves_with_time=True,
    ),
    SegmentField(
        "customers.visit_late", _("Visit by the manager is overdue"), "flag",
        "(SELECT coalesce(min(v.date), (SELECT min(p.due_date) FROM customers_visitplan p"
        " WHERE p.customer_id = ANY(h.ids)), 'infinity'::date) < %(today)s::date"
        " FROM customers_customervisit v"
        " WHERE v.customer_id = ANY(h.ids) AND v.state = 'planned')",
        VIEW, 192, {"customers_customervisit": _OWN_ROWS, "customers_visitplan": _OWN_ROWS},
        moves_with_time=True,
    ),
)  # fmt: skip

"""What stale numbers bring: their panel, the worklist, what the company may set, words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Command, Panel, Parameter, rows_of_customers
from qiao.customers.models import FormerPhone
from qiao.customers.operations.numbers import DAYS, FAILURES
from qiao.customers.queries import numbers

PANELS = (
    Panel(
        "customers.numbers", _("Telephone numbers"), "customers/panels/numbers.html",
        numbers.PANEL, "customers.view", frozenset({"customer.file"}), 15,
    ),
    Panel(
        "customers.reach", _("Telephone numbers"), "customers/panels/reach.html",
        numbers.REACH, "customers.view", frozenset({"case", "case_side"}), 5,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        "customers.numbers", _("Numbers to put right"), "phone-x", "customers:numbers",
        "customers.edit",
    ),
)  # fmt: skip
PARAMETERS = (
    Parameter(
        key=FAILURES,
        label=_("Calls without an answer that make a number doubtful"),
        about=_("Somebody else answering, or a number out of service, counts at once."),
        kind="number",
        unit=_("calls"),
        least=1,
        most=20,
        default=3,
        default_source=_("Company rule: three attempts, as for follow-ups"),
    ),
    Parameter(
        key=DAYS,
        label=_("Days within which these calls are counted"),
        about=_("A customer on a journey is not a wrong number."),
        kind="number",
        unit=_("days"),
        least=1,
        most=730,
        default=90,
        default_source=_("Company rule: one quarter"),
    ),
)
AUDIT_WORDS = (
    AuditTable(
        table="customers_formerphone",
        label=_("Former telephone number"),
        fields={
            "number": _("Telephone number"),
            "extension": _("Extension"),
            "label": _("Label"),
            "since": pgettext_lazy("former number", "Since"),
            "until": pgettext_lazy("former number", "Until"),
            "reason": pgettext_lazy("former number", "Why"),
        },
        values={"reason": dict(FormerPhone.Reason.choices)},
        phones=frozenset({"number"}),
        of_customer=rows_of_customers("customers_formerphone", "customer_id"),
    ),
)
AUDITED = ("customers_formerphone",)

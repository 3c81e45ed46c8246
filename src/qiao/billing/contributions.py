"""What billing brings to other pages: permissions, the rail, commands, panels, the timeline."""
# ruff: noqa: S608 - put together from pieces of `core.days`; values are bound

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.models import BudgetPlan, Invoice, Payment
from qiao.billing.models.feeds import MANAGE
from qiao.billing.queries import panels
from qiao.billing.queries.terms_shown import TERMS
from qiao.billing.showing_bills import invoiced_words, paid_words
from qiao.core.days import day_of
from qiao.core.manifest import (
    AuditTable,
    Command,
    NavItem,
    Panel,
    Permission,
    PointEvents,
    TimelineSource,
    rows_of_customers,
)

VIEW = "tariffs.view"
BILLS, ISSUE = "bills.view", "bills.issue"
TAKE, CLOSE = "payments.take", "payments.close"
INVOICES = "invoices.ask"
PERMISSIONS = (
    Permission(VIEW, _("See prices and walk through an example bill")),
    Permission(BILLS, _("See bills, payments and what is owed")),
    Permission(ISSUE, _("Issue bills and take them back")),
    Permission(TERMS, _("Say by which tariff accounts are billed")),
    Permission(TAKE, _("Take payments at the counter")),
    Permission(CLOSE, _("Take payments back, count drawers of others, close the day")),
    Permission(INVOICES, _("Ask for invoices, and see what became of them")),
    Permission(MANAGE, _("Take in what other billing systems send, and take it back")),
)
NAVIGATION = (
    NavItem(
        "counter", pgettext_lazy("rail", "Counter"), "cash-register", "billing:counter", TAKE, 43,
        shortcut="g y",
    ),
    NavItem(
        "bill_runs", pgettext_lazy("rail", "Bills"), "calculator", "billing:runs", ISSUE, 44,
        shortcut="g r",
    ),
    NavItem(
        "feeds", pgettext_lazy("rail", "Feeds"), "transfer-in", "billing:feeds", MANAGE, 96,
        group="system",
    ),
    NavItem("tariffs", pgettext_lazy("rail", "Prices"), "receipt", "billing:tariffs", VIEW, 45),
)  # fmt: skip
COMMANDS = (
    Command(
        "billing.tariffs", _("Prices and tariffs on a day"), "receipt", "billing:tariffs", VIEW
    ),
    Command("billing.list", _("All bills"), "receipt", "billing:list", BILLS),
    Command("billing.payments", _("All payments"), "cash-register", "billing:payments", BILLS),
    Command("billing.account_files", _("Begin to bill many accounts"), "upload",
            "billing:account_files", TERMS),
    Command("billing.balance_files", _("Take balances over from a former billing system"),
            "transfer-in", "billing:balance_files", ISSUE),
    Command("billing.summaries", _("Summary bills"), "receipt", "billing:summaries", BILLS),
    Command("billing.invoices", pgettext_lazy("invoices", "Invoices"), "file-invoice",
            "billing:invoices", INVOICES),
    Command("billing.runs", _("Runs of bills"), "calculator", "billing:runs", ISSUE),
    Command("billing.run_new", _("New run of bills"), "calculator", "billing:run_new", ISSUE),
    Command("billing.counter", _("Take a payment at the counter"), "cash-register",
            "billing:counter", TAKE),
    Command("billing.drawer", _("My drawer"), "coins", "billing:drawers", TAKE),
    Command("billing.feeds", _("Feeds of other billing systems"), "transfer-in", "billing:feeds",
            MANAGE),
    Command("billing.days", _("Close the counter's day"), "lock", "billing:days", CLOSE),
)  # fmt: skip


AUDITED = (
    "billing_tariff", "billing_billingterms", "billing_feed", "billing_budgetplan",
    "billing_collecting",
)  # fmt: skip
AUDIT_WORDS = (
    AuditTable(
        "billing_tariff",
        pgettext_lazy("billing", "Tariff"),
        {
            "names": pgettext_lazy("tariff", "Name"),
            "service": pgettext_lazy("tariff", "Service"),
            "inputs": _("What it asks of a customer"),
            "owners": _("Whose money its charges are"),
        },
    ),
    AuditTable(
        "billing_billingterms",
        _("How an account is billed"),
        {
            "account_id": _("Account"),
            "tariff_id": pgettext_lazy("billing", "Tariff"),
            "period": pgettext_lazy("bill", "Days"),
            "labels": _("Said of the customer"),
            "numbers": _("Said of the customer, in numbers"),
            "reason": _("Reason and document"),
        },
    ),
    AuditTable(
        "billing_feed",
        pgettext_lazy("billing", "Feed"),
        {
            "key": pgettext_lazy("feed", "Key"),
            "name": pgettext_lazy("feed", "Name"),
            "currency": pgettext_lazy("feed", "Currency"),
            "bills_as_of": _("Bills complete as of"),
            "payments_as_of": _("Payments complete as of"),
            "balances_as_of": _("Balances complete as of"),
        },
    ),
    AuditTable(
        "billing_budgetplan",
        _("Equal instalments"),
        {
            "account_id": _("Account"),
            "state": pgettext_lazy("equal instalments", "State"),
            "start_date": pgettext_lazy("equal instalments", "First day"),
            "until_date": pgettext_lazy("equal instalments", "End of the year"),
            "instalment_minor": _("Instalment of each bill"),
            "year_minor": _("What a year comes to"),
            "basis": _("Reckoned by"),
            "ends": _("Settled by the next bill"),
            "settled_by_id": _("Bill that settled it"),
            "reason": _("Reason"),
        },
        values={
            "state": dict(BudgetPlan.State.choices),
            "basis": dict(BudgetPlan.Basis.choices),
        },
    ),
    AuditTable(
        "billing_collecting",
        _("Bills collected into one document"),
        {
            "customer_id": _("Customer"),
            "organisation_id": pgettext_lazy("run of bills", "Unit"),
            "since": pgettext_lazy("summary bills", "Since"),
            "until": pgettext_lazy("summary bills", "Until"),
        },
        of_customer=rows_of_customers("billing_collecting", "customer_id"),
    ),
)
# A bill that was taken back and made anew speaks of the last reading that it rested on.
_MADE_ANEW = """
SELECT a.service_point_id AS point, least(b.reversed_date, b.end_date) AS day, b.id AS ref
  FROM billing_bill b
  JOIN customers_account a ON a.id = b.account_id AND a.service_point_id IS NOT NULL
 WHERE b.organisation_id = ANY(%(organisation_ids)s::bigint[]) AND b.state = 'reversed'
   AND b.end_date > b.start_date
   AND b.end_date BETWEEN %(since)s::date AND %(until)s::date
"""
POINT_EVENTS = (
    PointEvents(
        key="bills",
        label=_("Bills taken back"),
        about=_("Bills that were taken back, by the reading at the end of their period."),
        sql=_MADE_ANEW,
        permission=BILLS,
        url_name="billing:bill",
        order=20,
    ),
)
PANELS = (
    Panel(
        key="billing.owed",
        title="",
        template="billing/panels/owed.html",
        sql=panels.OWED,
        permission=BILLS,
        places=frozenset({"strip"}),
        order=5,
    ),
    Panel(
        key="billing.money",
        title=_("Bills and arrears"),
        template="billing/panels/money.html",
        sql=panels.MONEY,
        permission=BILLS,
        places=frozenset({"aside", "customer", "customer.accounts"}),
        order=15,
        brief="billing/panels/money_brief.html",
    ),
)
_INVOICED = """
SELECT i.ended_at, 'invoice', i.bill_id, '', i.minor || ' ' || i.currency, i.title, '', i.kind,
       i.invoice_number
  FROM billing_invoice i
 WHERE i.account_id IN (SELECT t.account_id FROM customers_accountparty t
                         WHERE t.customer_id = ANY(%(customer_ids)s::bigint[]))
   AND i.customer_id = ANY(%(customer_ids)s::bigint[])
   AND i.state = 'issued' AND i.ended_at < %(before)s
   AND (i.organisation_id + 0) = ANY(%(organisation_ids)s)
 ORDER BY i.ended_at DESC, i.id DESC LIMIT %(limit)s
"""
TIMELINE = (
    TimelineSource(
        key="billing.invoices",
        sql=_INVOICED,
        permission=BILLS,
        url_name="billing:bill",
        icon="file-invoice",
        words=dict(Invoice.Kind.choices),
        label=pgettext_lazy("invoices", "Invoices"),
        entitle=invoiced_words,
    ),
    TimelineSource(
        key="billing",
        sql=f"""
SELECT y.received_at, 'payment', y.account_id, '', y.minor || ' ' || y.currency, '', '',
       y.way, y.number
  FROM customers_accountparty t
 CROSS JOIN LATERAL (
       SELECT o.id, o.received_at, o.account_id, o.minor, o.currency, o.channel AS way, o.number
         FROM billing_payment o
        WHERE o.account_id = t.account_id
          AND (o.organisation_id + 0) = ANY(%(organisation_ids)s)
       UNION ALL
       SELECT g.id, g.received_at, g.account_id, g.minor, f.currency, g.way, g.number
         FROM billing_fedpayment g JOIN billing_feed f ON f.id = g.feed_id
         JOIN billing_billingaccount b ON b.account_id = g.account_id
        WHERE g.account_id = t.account_id AND g.is_current AND NOT g.is_reversed
          AND (b.organisation_id + 0) = ANY(%(organisation_ids)s)) y
 WHERE t.customer_id = ANY(%(customer_ids)s::bigint[]) AND t.role <> 'contact'
   AND t.period @> {day_of("y.received_at")} AND y.received_at < %(before)s
 ORDER BY y.received_at DESC, y.id DESC LIMIT %(limit)s
""",
        permission=BILLS,
        url_name="billing:account",
        icon="receipt",
        words=dict(Payment.Channel.choices),
        label=_("Payments"),
        entitle=paid_words,
    ),
)

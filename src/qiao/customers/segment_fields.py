"""The fields that the customers module lends to rules of segments."""
# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import SegmentField
from qiao.customers.models import (
    Account,
    Consent,
    Customer,
    Preference,
    ProtectedFlag,
    Service,
)
from qiao.customers.queries.tags import tag_choices
from qiao.staff.queries import company_id, region_names, subtree_of, units_among

VIEW: Final = "customers.view"
_SELF: Final = {"customers_customer": "SELECT r.id FROM {rows} r"}
_MERGED: Final = {
    "customers_customer": "SELECT x.id FROM {rows} r, LATERAL (VALUES (r.id), (r.merged_into_id))"
    " AS x (id)"
}
_OWN: Final = "SELECT r.customer_id FROM {rows} r"
_BY_ACCOUNT: Final = (
    "SELECT t.customer_id FROM {rows} r JOIN customers_accountparty t ON t.account_id = r.id"
)
_ACCOUNTS: Final = {"customers_accountparty": _OWN, "customers_account": _BY_ACCOUNT}
_BY_PLACE: Final = (
    "SELECT t.customer_id FROM {rows} r JOIN customers_servicepoint s ON s.premises_id = r.id"
    " JOIN customers_account a ON a.service_point_id = s.id"
    " JOIN customers_accountparty t ON t.account_id = a.id"
)
_FACTS: Final = {"customers_fact": _OWN}

# What a customer stands for today in accounts that run.
_PARTS: Final = """
      FROM customers_accountparty t JOIN customers_account a ON a.id = t.account_id
     WHERE t.customer_id = ANY(h.ids) AND t.period @> %(today)s::date AND a.status <> 'closed'"""


def _facts(kind: str, since: str) -> str:
    """Facts that stand, from a day on."""
    return f"""
      FROM customers_fact f
     WHERE f.customer_id = ANY(h.ids) AND f.kind = '{kind}' AND f.cancels_id IS NULL
       AND f.occurred_at >= (%(today)s::date - interval '{since}') AT TIME ZONE %(zone)s
       AND NOT EXISTS (SELECT 1 FROM customers_fact x WHERE x.cancels_id = f.id)"""


def _account(column: str) -> str:
    return f"(SELECT array_agg(DISTINCT a.{column}) {_PARTS})"


def _branches() -> Sequence[tuple[str, Any]]:
    units = units_among(subtree_of(company_id()), language=get_language() or "")
    return [(str(unit.unit_id), unit.name) for unit in units]


def _regions() -> Sequence[tuple[str, Any]]:
    return sorted(region_names(get_language() or "").items(), key=lambda pair: pair[1])


_REGIONS: Final = f"""(SELECT array_agg(DISTINCT p.region)
      FROM (SELECT a.service_point_id {_PARTS}) a
      JOIN customers_servicepoint s ON s.id = a.service_point_id
      JOIN customers_premises p ON p.id = s.premises_id)"""

# The latest wishes of all ids hold, as on the customer's page; the latest word on each purpose and
# channel, where a word that names no channel speaks of every one: see `rules.consents`.
_WISHES: Final = """
      FROM (SELECT w.language, w.needs FROM customers_preference w
             WHERE w.customer_id = ANY(h.ids) ORDER BY w.changed_at DESC LIMIT 1) p"""
_AGREED: Final = """(SELECT array_agg(DISTINCT s.purpose)
      FROM (SELECT DISTINCT ON (w.purpose, o.channel) w.purpose, w.is_given
              FROM customers_consent w CROSS JOIN LATERAL unnest(CASE w.channel
                   WHEN '' THEN ARRAY['phone', 'sms', 'wechat', 'email', 'letter']
                   ELSE ARRAY[w.channel] END) AS o (channel)
             WHERE w.customer_id = ANY(h.ids)
             ORDER BY w.purpose, o.channel, w.at DESC, w.id DESC) s
     WHERE s.is_given)"""

FIELDS: Final = (
    SegmentField(
        "customers.kind", _("Person or organisation"), "choice", "c.kind", VIEW, 10,
        _SELF | _MERGED, lambda: Customer.Kind.choices,
    ),
    SegmentField(
        "customers.tier", _("Tier"), "choice", "c.tier", VIEW, 20, _SELF,
        lambda: [(key, f"{key} {label}") for key, label in Customer.Tier.choices],
    ),
    SegmentField(
        "customers.flags", _("Protected because of"), "many", "c.flags", VIEW, 30, _SELF,
        lambda: ProtectedFlag.choices,
    ),
    SegmentField(
        "customers.gender", _("Gender"), "choice", "nullif(c.gender, '')", VIEW, 40, _SELF,
        lambda: [pair for pair in Customer.Gender.choices if pair[0]],
    ),
    SegmentField(
        "customers.branches", _("Branches that know the customer"), "many",
        "(SELECT array_agg(l.organisation_id::text) FROM customers_customerorganisation l"
        " WHERE l.customer_id = c.id)", VIEW, 50,
        {"customers_customerorganisation": _OWN}, _branches,
    ),
    SegmentField(
        "customers.regions", _("Region of a running account"), "many", _REGIONS, VIEW, 60,
        _ACCOUNTS | {"customers_premises": _BY_PLACE}, _regions, moves_with_time=True,
    ),
    SegmentField(
        "customers.services", _("Services used"), "many", _account("service"), VIEW, 70,
        _ACCOUNTS, lambda: Service.choices, moves_with_time=True,
    ),
    SegmentField(
        "customers.uses", _("Use"), "many", _account("use"), VIEW, 80, _ACCOUNTS,
        lambda: Account.Use.choices, moves_with_time=True,
    ),
    SegmentField(
        "customers.accounts", _("Running accounts"), "number",
        f"(SELECT count(DISTINCT a.id) {_PARTS})", VIEW, 90, _ACCOUNTS, moves_with_time=True,
    ),
    SegmentField(
        "customers.tenure", _("Years as a customer"), "number",
        "(SELECT extract(year FROM age(%(today)s::date, min(lower(t.period))))::int"
        " FROM customers_accountparty t"
        " WHERE t.customer_id = ANY(h.ids) AND t.role <> 'contact')",
        VIEW, 100, {"customers_accountparty": _OWN}, moves_with_time=True,
    ),
    SegmentField(
        "customers.mobile", _("Has a mobile number"), "flag",
        "EXISTS (SELECT 1 FROM customers_customerphone p"
        " WHERE p.customer_id = ANY(h.ids) AND p.kind = 'mobile')",
        VIEW, 110, {"customers_customerphone": _OWN},
    ),
    SegmentField(
        "customers.reachable", _("Has a number not known to be wrong"), "flag",
        "EXISTS (SELECT 1 FROM customers_customerphone p"
        " WHERE p.customer_id = ANY(h.ids) AND p.standing <> 'wrong')",
        VIEW, 112, {"customers_customerphone": _OWN},
    ),
    SegmentField(
        "customers.registered", _("Registered"), "days",
        "(%(today)s::date - (c.created_at AT TIME ZONE %(zone)s)::date)", VIEW, 120, _SELF,
        moves_with_time=True,
    ),
    SegmentField(
        "customers.last_contact", _("Last contact"), "days",
        "(SELECT %(today)s::date - (max(l.at) AT TIME ZONE %(zone)s)::date"
        " FROM customers_lastcontact l WHERE l.customer_id = ANY(h.ids))",
        VIEW, 130, {"customers_lastcontact": _OWN}, moves_with_time=True,
    ),
    SegmentField(
        "customers.contacts", _("Contacts in 90 days"), "number",
        f"(SELECT count(*) {_facts('visit', '90 days')})", VIEW, 140, _FACTS,
        moves_with_time=True,
    ),
    SegmentField(
        "customers.complaints", _("Complaints in 12 months"), "number",
        f"(SELECT count(*) {_facts('complaint', '12 months')})", VIEW, 150, _FACTS,
        moves_with_time=True,
    ),
    SegmentField(
        "customers.satisfaction", _("Latest satisfaction (1 to 4)"), "number",
        f"(SELECT f.amount {_facts('satisfaction', '24 months')}"
        " ORDER BY f.occurred_at DESC, f.id DESC LIMIT 1)", VIEW, 160, _FACTS,
        moves_with_time=True,
    ),
    SegmentField(
        "customers.value", _("Value in 12 months"), "money",
        f"(SELECT coalesce(sum(f.amount), 0)::bigint {_facts('value', '12 months')})", VIEW, 170,
        _FACTS, moves_with_time=True,
    ),
    SegmentField(
        "customers.key", _("Among those who make 80 % of value"), "flag",
        "EXISTS (SELECT 1 FROM customers_keycustomer k JOIN customers_valueperiod v"
        " ON v.id = k.period_id AND NOT v.is_closed WHERE k.customer_id = ANY(h.ids))",
        VIEW, 180, {"customers_keycustomer": _OWN},
    ),
    SegmentField(
        "customers.tags", _("Tags"), "many",
        "(SELECT array_agg(k.tag_id::text) FROM customers_customertag k"
        " WHERE k.customer_id = c.id)", VIEW, 35, {"customers_customertag": _OWN}, tag_choices,
    ),
    SegmentField(
        "customers.language", _("Language wished for"), "choice",
        f"(SELECT nullif(p.language, '') {_WISHES})", VIEW, 181,
        _MERGED | {"customers_preference": _OWN},
        lambda: [pair for pair in Preference.Language.choices if pair[0]],
    ),
    SegmentField(
        "customers.needs", _("Needs"), "many", f"(SELECT p.needs {_WISHES})", VIEW, 182,
        _MERGED | {"customers_preference": _OWN}, lambda: Preference.Need.choices,
    ),
    SegmentField(
        "customers.agreed", _("Agreed to, on one channel at least"), "many", _AGREED, VIEW, 183,
        _MERGED | {"customers_consent": _OWN}, lambda: Consent.Purpose.choices,
    ),
    SegmentField(
        "customers.expired", _("Has a document that has expired"), "flag",
        "EXISTS (SELECT 1 FROM customers_document d WHERE d.customer_id = ANY(h.ids)"
        " AND d.replaced_by_id IS NULL AND d.expires < %(today)s::date)",
        VIEW, 184, _MERGED | {"customers_document": _OWN}, moves_with_time=True,
    ),
)  # fmt: skip

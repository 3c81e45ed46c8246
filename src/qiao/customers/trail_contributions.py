"""Words of the trail for meters, hand-overs, merges, cards and erasures."""
# ruff: noqa: S608 - conditions are put together from this module's own pieces; values are bound

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, rows_of_customers

CUSTOMER = pgettext_lazy("trail", "Customer (number)")
UNIT = pgettext_lazy("trail", "Unit (number)")
_POINTS = (
    "SELECT c.service_point_id FROM customers_account c JOIN customers_accountparty p"
    " ON p.account_id = c.id WHERE p.customer_id = ANY(%(customer_ids)s)"
)
AUDIT_WORDS = (
    AuditTable(
        table="customers_meterinstallation",
        label=pgettext_lazy("trail", "Meter at a service point"),
        fields={
            "service_point_id": pgettext_lazy("trail", "Service point (number)"),
            "meter_number": _("Meter number"),
            "meter_size": _("Meter size"),
            "is_remote": _("Reports its readings itself"),
            "period": _("Days"),
            "opening_reading": _("First reading"),
            "closing_reading": _("Last reading"),
            "reason": pgettext_lazy("meter", "Reason"),
        },
        of_customer=(
            "a.row_id IN (SELECT m.id FROM customers_meterinstallation m"
            f" WHERE m.service_point_id IN ({_POINTS}))"
        ),
    ),
    AuditTable(
        table="customers_move",
        label=pgettext_lazy("trail", "Hand-over of an account"),
        fields={
            "number": pgettext_lazy("trail", "Number of the hand-over"),
            "account_id": pgettext_lazy("trail", "Account (number)"),
            "organisation_id": UNIT,
            "hand_over_date": _("Handed over on"),
            "final_reading": _("Last reading"),
            "opening_reading": _("First reading"),
            "forwarding_address": _("Forwarding address"),
            "forwarding_phone": _("Forwarding number"),
            "taught_phone_id": pgettext_lazy("trail", "Telephone number it became (number)"),
            "note": _("Note"),
            "made_at": pgettext_lazy("trail", "Entered at"),
            "made_by_id": pgettext_lazy("trail", "Entered by (number)"),
            "undone_at": pgettext_lazy("trail", "Taken back at"),
            "undone_by_id": pgettext_lazy("trail", "Taken back by (number)"),
            "undo_reason": pgettext_lazy("trail", "Why it was taken back"),
        },
        phones=frozenset({"forwarding_phone"}),
        of_customer=(
            "a.row_id IN (SELECT m.move_id FROM customers_moveparty m"
            " WHERE m.customer_id = ANY(%(customer_ids)s))"
        ),
    ),
    AuditTable(
        table="customers_moveparty",
        label=pgettext_lazy("trail", "Part in the hand-over of an account"),
        fields={
            "move_id": pgettext_lazy("trail", "Hand-over (number)"),
            "customer_id": CUSTOMER,
            "side": pgettext_lazy("trail", "Moves out or in"),
            "role": _("Part"),
            "party_id": pgettext_lazy("trail", "Part in the account (number)"),
            "until_before": pgettext_lazy("trail", "Planned end before the hand-over"),
        },
        of_customer=rows_of_customers("customers_moveparty", "customer_id"),
    ),
    AuditTable(
        table="customers_merge",
        label=pgettext_lazy("trail", "Merge of two customers"),
        fields={
            "survivor_id": pgettext_lazy("trail", "Stands for both (number)"),
            "merged_id": pgettext_lazy("trail", "Merged customer (number)"),
            "at": pgettext_lazy("trail", "Merged at"),
            "actor_id": pgettext_lazy("trail", "Merged by (number)"),
            "reason": pgettext_lazy("trail", "Reason"),
            "changes": pgettext_lazy("trail", "What was taken over"),
            "undone_at": pgettext_lazy("trail", "Taken back at"),
            "undone_by_id": pgettext_lazy("trail", "Taken back by (number)"),
            "kept": pgettext_lazy("trail", "Not taken back"),
        },
        values={
            "kept": {
                "name": pgettext_lazy("customer form", "Name"),
                "gender": pgettext_lazy("customer form", "Gender"),
                "tier": _("Tier"),
                "phone": _("Telephone number"),
            }
        },
        # It holds telephone numbers. What became of the customer, the customer's own entry tells.
        hidden=frozenset({"changes"}),
        of_customer=rows_of_customers("customers_merge", "survivor_id", "merged_id"),
    ),
    AuditTable(
        table="customers_card",
        label=pgettext_lazy("trail", "Card of a customer"),
        fields={
            "customer_id": CUSTOMER,
            "kind": pgettext_lazy("card form", "Card"),
            "number": _("Card number"),
            "period": _("Days"),
            "created_at": pgettext_lazy("trail", "Entered at"),
            "created_by_id": pgettext_lazy("trail", "Entered by (number)"),
        },
        hidden=frozenset({"number"}),
        of_customer=rows_of_customers("customers_card", "customer_id"),
    ),
    AuditTable(
        table="customers_erasure",
        label=_("Request to erase a person"),
        fields={
            "customer_id": CUSTOMER,
            "organisation_id": UNIT,
            "basis": _("Legal ground"),
            "reason": _("Reason given"),
            "state": _("State"),
            "approval_id": pgettext_lazy("trail", "Decision of two (number)"),
            "requested_by_id": pgettext_lazy("trail", "Asked for by (number)"),
            "requested_at": pgettext_lazy("trail", "Asked for at"),
            "decided_by_id": pgettext_lazy("trail", "Decided by (number)"),
            "decided_at": pgettext_lazy("trail", "Decided at"),
            "decision_note": _("Remark on the decision"),
            "done_at": _("Erased at"),
            "pseudonym": pgettext_lazy("trail", "Pseudonym"),
        },
        of_customer=rows_of_customers("customers_erasure", "customer_id"),
    ),
)

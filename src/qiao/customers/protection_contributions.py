"""What protections bring to pages, decisions, segments and the trail."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    Decidable,
    Difference,
    Hit,
    MatterSource,
    Panel,
    Permission,
    SegmentField,
    Told,
    rows_of_customers,
)
from qiao.core.models import Approval
from qiao.core.personal import PersonalData
from qiao.customers.models import ProtectedFlag, Protection
from qiao.customers.operations.protecting import APPROVAL, end_agreed, keep_refused
from qiao.customers.operations.protection_forgetting import erase_protections, requests_to_end
from qiao.customers.operations.refusals import WrongState
from qiao.customers.queries import protection
from qiao.customers.queries.protection_personal import collect_protections

PANELS = (
    Panel(
        "customers.protection", _("Protection"), "customers/panels/protection.html",
        protection.IN_FORCE, protection.VIEW, frozenset({"customer"}), 8,
    ),
    Panel(
        "customers.protections", _("Protection, also what has ended"),
        "customers/panels/protection.html", protection.HISTORY, protection.VIEW,
        frozenset({"customer.file"}), 8,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        "customers.protection", _("Protection to look at"), "shield-check",
        "customers:protection_work", protection.PROTECT,
    ),
)  # fmt: skip
PERMISSIONS = (
    Permission(protection.PROTECT, _("Confirm, extend and end the protection of customers")),
)


def tell(approval: Approval) -> Told:
    """The request to end a protection, in words."""
    row = Protection.objects.filter(pk=approval.subject_id).select_related("premises").first()
    kind = _("End of a protection")
    if row is None:
        return Told(kind, "–", "", [])
    label = str(ProtectedFlag(row.kind).label)
    before = Protection.Stage.IN_FORCE if row.ended_at is None else Protection.Stage.ENDED
    change = Difference(label, str(before.label), str(Protection.Stage.ENDED.label))
    note = " · ".join(
        filter(
            None,
            (
                row.premises.full_text if row.premises else "",
                _now("no evidence") if not row.is_proven else row.issuer,
                f"{row.since} – {row.until or ''}",
            ),
        )
    )
    customer = protection.whose(row)
    url = reverse("customers:page", args=[customer.pk])
    return Told(kind, f"{customer.name} · {label}", url, [change], note)


DECISIONS = (
    Decidable(
        kind=APPROVAL,
        tell=tell,
        carry_out=end_agreed,
        refuse=keep_refused,
        refusals={WrongState: _("This protection has ended meanwhile.")},
    ),
)


def protections_here(*, actor: Actor, account_id: int, limit: int) -> Sequence[Hit]:
    """What protects at the place of an account: it does not move along."""
    return [
        Hit(
            kind="protection",
            title=str(ProtectedFlag(row.kind).label),
            detail=row.customer.name,
            url=reverse("customers:page", args=[row.customer_id]),
            icon="shield-check",
            tag=str(Protection.Stage(row.stage).label),
        )
        for row in protection.protections_at(actor=actor, account_id=account_id, limit=limit)
    ]


MATTERS = (
    MatterSource(
        "protection", _("Protection at this place, to be looked at afterwards"),
        protection.VIEW, protections_here, 5,
    ),
)  # fmt: skip
FIELDS = (
    SegmentField(
        "customers.protection", _("State of the protection"), "many",
        "(SELECT array_agg(DISTINCT p.stage) FROM customers_protection p"
        " WHERE p.customer_id = ANY(h.ids) AND p.ended_at IS NULL)",
        protection.VIEW, 32, {"customers_protection": "SELECT r.customer_id FROM {rows} r"},
        lambda: [pair for pair in Protection.Stage.choices if pair[0] != "ended"],
    ),
)  # fmt: skip
PERSONAL = (
    PersonalData(
        key="customers.protection",
        order=93,
        collect=collect_protections,
        erase=erase_protections,
        requests=requests_to_end,
        counted={
            "customers.protections": _("Protections"),
            "customers.protection_steps": _("Steps of protections"),
            "customers.protection_trail": _("Entries of the audit trail on protections"),
        },
    ),
)
AUDITED = ("customers_protection",)
_KIND: Any = pgettext_lazy("customer form", "Kind")
AUDIT_WORDS = (
    AuditTable(
        table="customers_protection",
        label=_("Protection"),
        fields={
            "kind": _KIND,
            "stage": _("State"),
            "reason": _("What was told"),
            "since": pgettext_lazy("protection", "Since"),
            "until": _("Valid until"),
            "review_date": _("Look at it again on"),
            "issuer": pgettext_lazy("protection", "Issued by"),
            "certificate": _("Certificate number"),
            "seen_date": _("Seen on"),
            "end_reason": _("Why it ends"),
        },
        values={"kind": dict(ProtectedFlag.choices), "stage": dict(Protection.Stage.choices)},
        of_customer=rows_of_customers("customers_protection", "customer_id"),
    ),
)

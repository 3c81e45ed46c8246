"""What households, groups, contact persons and acting bring to pages, search and the trail."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    HistoryCount,
    Hit,
    Panel,
    SearchSource,
    rows_of_customers,
)
from qiao.core.personal import PersonalData
from qiao.customers.models import Acting, ContactPerson, CustomerGroup, GroupMember
from qiao.customers.operations.relation_forgetting import erase_relations
from qiao.customers.queries import relation_panels, relations
from qiao.customers.queries.relation_personal import collect_relations, relation_hinders

_VIEW = relations.VIEW
_PAGE = frozenset({"customer.relations"})
PANELS = (
    Panel(
        "customers.acting_aside", "", "customers/panels/acting_aside.html",
        relation_panels.ACTING_ASIDE, _VIEW, frozenset({"aside"}), 5,
    ),
    Panel(
        "customers.acting_brief", _("Acts for / represented by"),
        "customers/panels/acting_brief.html", relation_panels.ACTING_ASIDE, _VIEW,
        frozenset({"customer"}), 12,
    ),
    Panel(
        "customers.contact_persons", _("Contact persons"),
        "customers/panels/contact_persons.html", relation_panels.CONTACTS, _VIEW, _PAGE, 12,
    ),
    Panel(
        "customers.groups", _("Household and group"), "customers/panels/groups.html",
        relation_panels.GROUPS, _VIEW, _PAGE, 14,
    ),
    Panel(
        "customers.acting", _("Acts for / represented by"), "customers/panels/acting.html",
        relation_panels.ACTING, _VIEW, _PAGE, 16,
    ),
)  # fmt: skip


def search_groups(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Households and company groups for the palette, by name or number."""
    return [
        Hit(
            kind="group",
            title=found.name or found.number,
            detail=" · ".join(
                filter(None, (str(CustomerGroup.Kind(found.kind).label), found.head, found.number))
            ),
            url=reverse("customers:group", args=[found.group_id]),
            icon="home" if found.kind == CustomerGroup.Kind.HOUSEHOLD else "hierarchy",
        )
        for found in relations.find_groups(actor=actor, text=text, limit=limit)
    ]


HISTORY = (HistoryCount("customers.relations", _("Relations"), relation_panels.COUNT, _VIEW),)
SEARCH = (SearchSource("groups", _("Households and groups"), "", _VIEW, search_groups, 17),)
PERSONAL = (
    PersonalData(
        key="customers.relations",
        order=94,
        collect=collect_relations,
        erase=erase_relations,
        hinders=relation_hinders,
        counted={
            "customers.contact_persons": _("Contact persons"),
            "customers.acting": _("Records of who acts for whom"),
            "customers.labels": _("Names at numbers of organisations"),
            "customers.proofs": _("Papers that proved who acts"),
            "customers.groups": _("Names and notes of households"),
            "customers.memberships": _("Memberships of households"),
            "customers.relation_trail": _("Entries of the audit trail on relations"),
        },
    ),
)
AUDITED = (
    "customers_customergroup",
    "customers_groupmember",
    "customers_contactperson",
    "customers_acting",
)
_DAYS = _("Days")
AUDIT_WORDS = (
    AuditTable(
        table="customers_customergroup",
        label=_("Household and group"),
        fields={
            "number": pgettext_lazy("customer group", "Number"),
            "kind": pgettext_lazy("customer form", "Kind"),
            "name": pgettext_lazy("customer form", "Name"),
            "note": _("Note"),
            "period": _DAYS,
        },
        values={"kind": dict(CustomerGroup.Kind.choices)},
        of_customer=(
            "a.row_id IN (SELECT m.group_id FROM customers_groupmember m"
            " WHERE m.customer_id = ANY(%(customer_ids)s))"
        ),
    ),
    AuditTable(
        table="customers_groupmember",
        label=_("Member of a household or group"),
        fields={"role": _("Part"), "period": _DAYS, "under_id": _("Stands under")},
        values={"role": dict(GroupMember.Role.choices)},
        of_customer=rows_of_customers("customers_groupmember", "customer_id"),
    ),
    AuditTable(
        table="customers_contactperson",
        label=_("Contact person of an organisation"),
        fields={
            "name": pgettext_lazy("customer form", "Name"),
            "function": pgettext_lazy("contact", "Function"),
            "phone": _("Telephone number"),
            "email": pgettext_lazy("contact", "E-mail"),
            "is_primary": _("First to ask"),
            "period": _DAYS,
        },
        values={"function": dict(ContactPerson.Function.choices)},
        phones=frozenset({"phone"}),
        of_customer=rows_of_customers("customers_contactperson", "customer_id", "person_id"),
    ),
    AuditTable(
        table="customers_acting",
        label=_("Acting for another customer"),
        fields={
            "basis": pgettext_lazy("acting", "By what"),
            "scope": pgettext_lazy("acting", "In which matters"),
            "proof": _("Proof"),
            "period": _DAYS,
        },
        values={"basis": dict(Acting.Basis.choices), "scope": dict(Acting.Scope.choices)},
        of_customer=rows_of_customers("customers_acting", "agent_id", "principal_id"),
    ),
)

"""What keys of the module mean, in the reader's language."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable

SCOPES: Final[dict[str, Any]] = {
    "customers:read": _("Find and read customers, accounts and places; numbers masked"),
    "customers:contact": _("See telephone numbers in full"),
    "customers:write": _("Register and change customers, accounts and places"),
    "contacts:read": _("Read contacts"),
    "contacts:write": _("Record contacts"),
    "cases:read": _("Read cases"),
    "cases:write": _("Open cases and add notes"),
    "jobs:read": _("Read work orders"),
    "segments:read": _("Read segments and who is in them"),
    "imports:read": _("Read what became of imports of customers"),
    "staff:read": _("Read number, name and unit of colleagues"),
    "stations:read": _("Show the tier behind a card at another system’s desk"),
}
GROUPS: Final[dict[str, Any]] = {
    "customers": _("Customers"),
    "accounts": _("Accounts"),
    "premises": _("Places"),
    "contacts": _("Contacts"),
    "cases": _("Cases"),
    "work-orders": _("Work orders"),
    "segments": _("Segments"),
    "imports": _("Imports"),
    "stations": _("Stations"),
    "staff": _("Staff"),
    "access": _("Access"),
}
EVENTS: Final[dict[str, Any]] = {
    "customers.customer_registered": _("A customer is held for the first time"),
    "customers.customers_imported": _("Many customers were taken in at once"),
    "customers.customer_changed": _("Master data of a customer changed"),
    "customers.tier_set": _("A customer came into another tier"),
    "customers.phone_added": _("A telephone number leads to a customer"),
    "customers.account_opened": _("An account was opened"),
    "customers.party_added": _("A customer took a part in an account"),
    "customers.party_ended": _("A customer’s part in an account ends"),
    "customers.customers_merged": _("Two customers turned out to be one"),
    "customers.merge_undone": _("A merge was taken back"),
    "customers.customers_taken_back": _("An import of customers was taken back"),
    "customers.meter_exchanged": _("A meter was exchanged"),
    "customers.meter_exchange_undone": _("The exchange of a meter was taken back"),
    "customers.tiers_graded": _("Tiers of many customers were graded"),
    "customers.account_handed_over": _("An account passed to other people"),
    "customers.move_undone": _("A move was taken back"),
    "customers.account_corrected": _("A typing error in an account was corrected"),
    "customers.premises_corrected": _("A typing error in an address was corrected"),
    "customers.group_made": _("A household or a company group was made"),
    "customers.group_joined": _("A customer joined a household or a company group"),
    "customers.group_member_placed": _("A company stands under another one of its group"),
    "customers.group_left": _("A customer leaves a household or a company group"),
    "customers.group_head_changed": _("A household or a company group has another head"),
    "customers.group_dissolved": _("A household or a company group ends"),
    "customers.contact_person_added": _("Somebody speaks for an organisation"),
    "customers.primary_contact_chosen": _("An organisation has another first contact person"),
    "customers.contact_person_ended": _("Somebody no longer speaks for an organisation"),
    "customers.acting_begun": _("A customer may act for another one"),
    "customers.acting_ended": _("A customer may no longer act for another one"),
    "customers.tags_changed": _("A customer was given tags or lost some"),
    "customers.segment_tagged": _("A whole segment was given a tag"),
    "customers.segment_changed": _("Customers joined or left a segment"),
    "customers.managers_assigned": _("Customers were given to a manager or handed over"),
    "customers.managers_ended": _("Customers no longer have a manager"),
    "customers.visit_closed": _("A visit by the customer manager was made or left out"),
    "customers.protection_claimed": _("A customer is protected from now on"),
    "customers.protection_confirmed": _("Evidence of a protection was seen"),
    "customers.protection_ended": _("A protection was ended by people"),
    "customers.protections_moved": _("Protections came to need a person"),
    "customers.person_erased": _("A person was erased"),
    "cases.case_opened": _("A case was opened"),
    "cases.step_entered": _("A case waits in a step"),
    "cases.case_changed": _("Something of a case changed"),
    "cases.case_closed": _("A case was archived"),
    "cases.levels_changed": _("Promises of cases reached a warning or ran out"),
    "dispatch.work_order_created": _("A work order was made for a team"),
    "dispatch.work_order_state_changed": _("A work order moved on"),
    "contact.interaction_started": _("Somebody got in touch"),
    "contact.interaction_changed": _("Something of a contact changed"),
    "contact.interaction_finished": _("A contact was closed"),
    "feedback.follow_up_opened": _("A customer is to be called back"),
    "feedback.follow_up_attempted": _("A call back did not reach the customer"),
    "feedback.follow_up_completed": _("A call back ended"),
    "feedback.follow_up_handed_over": _("A call back was handed over"),
    "api.key_created": _("A program was given access"),
    "api.key_rotated": _("A key has another secret"),
    "api.key_revoked": _("A program’s access ended"),
    "api.endpoint_disabled": _("An endpoint was switched off"),
    "api.test": _("A test"),
}
_UNIT = pgettext_lazy("trail", "Unit (number)")
_ENTERED_AT = pgettext_lazy("trail", "Entered at")
_ENTERED_BY = pgettext_lazy("trail", "Entered by (number)")
AUDIT_WORDS: Final = (
    AuditTable(
        table="api_apikey",
        label=pgettext_lazy("trail", "Access of a program"),
        fields={
            "public_id": pgettext_lazy("trail", "Beginning of the key"),
            "name": pgettext_lazy("trail", "Name"),
            "purpose": _("What for"),
            "organisation_id": _UNIT,
            "account_id": pgettext_lazy("trail", "Recorded as (number)"),
            "steward_id": pgettext_lazy("trail", "Steward (number)"),
            "scopes": _("Scopes"),
            "ranges": _("Only from these addresses"),
            "calls_a_minute": _("Calls a minute"),
            "created_at": _ENTERED_AT,
            "created_by_id": _ENTERED_BY,
            "expires_at": _("Valid until"),
            "revoked_at": pgettext_lazy("trail", "Revoked at"),
            "revoked_by_id": pgettext_lazy("trail", "Revoked by (number)"),
        },
        values={"scopes": SCOPES},
    ),
    AuditTable(
        table="api_endpoint",
        label=pgettext_lazy("trail", "Endpoint that is told of events"),
        fields={
            "organisation_id": _UNIT,
            "name": pgettext_lazy("trail", "Name"),
            "url": _("Address"),
            "event_types": _("Events"),
            "secret": pgettext_lazy("trail", "Secret"),
            "former_secret": _("Former secret"),
            "former_until": pgettext_lazy("trail", "Former secret signs until"),
            "created_at": _ENTERED_AT,
            "created_by_id": _ENTERED_BY,
            "failing_since": _("Nothing has arrived since"),
            "disabled_at": pgettext_lazy("trail", "Switched off at"),
            "disabled_because": pgettext_lazy("trail", "Why it was switched off"),
            "deleted_at": pgettext_lazy("trail", "Removed at"),
        },
        values={"event_types": EVENTS},
        hidden=frozenset({"secret", "former_secret"}),
    ),
)


def event_words(name: str) -> Any:
    """What an event class tells of; its own name for one without words."""
    return EVENTS.get(name, name)

"""What keys of the module mean, in the reader's language."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

SCOPES: Final[dict[str, Any]] = {
    "customers:read": _("Find and read customers, accounts and places; numbers masked"),
    "customers:contact": _("See telephone numbers in full"),
    "customers:write": _("Register and change customers, accounts and places"),
    "contacts:read": _("Read contacts"),
    "contacts:write": _("Record contacts"),
    "cases:read": _("Read cases"),
    "cases:write": _("Open cases and add notes"),
    "jobs:read": _("Read work orders"),
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
    "customers.group_left": _("A customer leaves a household or a company group"),
    "customers.group_head_changed": _("A household or a company group has another head"),
    "customers.group_dissolved": _("A household or a company group ends"),
    "customers.contact_person_added": _("Somebody speaks for an organisation"),
    "customers.contact_person_ended": _("Somebody no longer speaks for an organisation"),
    "customers.acting_begun": _("A customer may act for another one"),
    "customers.acting_ended": _("A customer may no longer act for another one"),
    "customers.tags_changed": _("A customer was given tags or lost some"),
    "customers.segment_tagged": _("A whole segment was given a tag"),
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


def event_words(name: str) -> Any:
    """What an event class tells of; its own name for one without words."""
    return EVENTS.get(name, name)

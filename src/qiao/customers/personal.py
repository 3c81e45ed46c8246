"""What the customers module declares about personal data."""

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import PersonalData
from qiao.customers.operations.forgetting import erase, requests_to_correct
from qiao.customers.queries.personal import collect, own_hinders

PERSONAL = (
    PersonalData(
        key="customers",
        order=95,
        collect=collect,
        erase=erase,
        hinders=own_hinders,
        requests=requests_to_correct,
        counted={
            "customers.names": _("Names, replaced by a pseudonym"),
            "customers.phones": _("Telephone numbers"),
            "customers.attempts": _("Calls to telephone numbers"),
            "customers.former_phones": _("Former telephone numbers"),
            "customers.identities": _("Identity documents"),
            "customers.notes": _("Notes"),
            "customers.tags": _("Tags"),
            "customers.wishes": _("Wishes"),
            "customers.consents": _("Words on consent without proof"),
            "customers.cards": _("Cards"),
            "customers.duplicates": _("Findings of likely duplicates"),
            "customers.merges": _("Details of merges"),
            "customers.contacts": _("Subjects of latest contacts"),
            "customers.imported": _("Faults of imported rows"),
            "customers.premises": _("Addresses that were theirs alone"),
            "customers.moves": _("Words and addresses of hand-overs"),
            "customers.requests": _("Reasons of requests"),
            "customers.holds": _("Reasons of legal holds"),
            "customers.tiers": _("Reasons of tiers"),
            "customers.documents": _("Documents"),
            "customers.files": _("Files of documents"),
            "customers.uploads": _("Uploaded and exported files"),
            "customers.trail": _("Entries of the audit trail without values"),
        },
    ),
)

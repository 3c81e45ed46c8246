"""What notes, wishes, consents and documents bring to pages of customers and to the trail."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    Hit,
    Panel,
    Permission,
    SearchSource,
    rows_of_customers,
)
from qiao.customers.models import Document, Preference
from qiao.customers.queries import care, documents
from qiao.customers.trail_contributions import CUSTOMER

_VIEW = "customers.view"
_PLACES = frozenset({"customer", "customer.file", "aside"})

PANELS = (
    Panel(
        "customers.wishes", _("Wishes and consent"), "customers/panels/wishes.html", care.WISHES,
        _VIEW, _PLACES, 20,
    ),
    Panel(
        "customers.notes", _("Notes"), "customers/panels/notes.html", care.NOTES, _VIEW,
        frozenset({"customer", "customer.file"}), 25,
    ),
    Panel(
        "customers.pinned", _("Notes"), "customers/panels/notes.html", care.PINNED_NOTES, _VIEW,
        frozenset({"aside"}), 25,
    ),
    Panel(
        "customers.documents", _("Documents"), "customers/panels/documents.html",
        documents.PANEL, documents.RIGHT, frozenset({"customer.file"}), 30,
    ),
)  # fmt: skip


def search_documents(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Documents for the palette, by what they say."""
    return [
        Hit(
            kind="document",
            title=found.title,
            detail=f"{found.customer} · {Document.Kind(found.kind).label} · {found.dated}",
            url=reverse("customers:document", args=[found.document_id]),
            icon="file-text",
        )
        for found in documents.find_documents(actor=actor, text=text, limit=limit)
    ]


SEARCH = (SearchSource("documents", _("Documents"), "", documents.RIGHT, search_documents, 40),)
COMMANDS = (
    Command(
        "customers.documents", _("Documents that end soon"), "files", "customers:document_work",
        documents.RIGHT,
    ),
)  # fmt: skip
PERMISSIONS = (Permission(documents.RIGHT, _("Keep, open and search documents of customers")),)
AUDITED = ("customers_note", "customers_preference", "customers_document")
APPEND_ONLY = ("customers_consent",)
AUDIT_WORDS = (
    AuditTable(
        table="customers_note",
        label=pgettext_lazy("trail", "Note on a customer"),
        fields={
            "customer_id": CUSTOMER,
            "text": pgettext_lazy("customer form", "Note"),
            "is_pinned": _("Keep on top"),
            "author_id": pgettext_lazy("trail", "Written by (number)"),
            "created_at": pgettext_lazy("trail", "Written at"),
            "edited_at": pgettext_lazy("trail", "Corrected at"),
        },
        of_customer=rows_of_customers("customers_note", "customer_id"),
    ),
    AuditTable(
        table="customers_preference",
        label=_("Wishes of the customer"),
        fields={
            "customer_id": CUSTOMER,
            "channels": pgettext_lazy("trail", "Best reached by, in this order"),
            "language": _("Wished language"),
            "quiet_from": _("Do not disturb from"),
            "quiet_until": _("Do not disturb until"),
            "needs": _("Needs"),
            "needs_text": _("More on needs"),
            "changed_at": pgettext_lazy("trail", "Changed at"),
        },
        values={
            "channels": dict(Preference.Channel.choices),
            "needs": dict(Preference.Need.choices),
        },
        of_customer=rows_of_customers("customers_preference", "customer_id"),
    ),
    AuditTable(
        table="customers_document",
        label=pgettext_lazy("trail", "Document of a customer"),
        fields={
            "customer_id": CUSTOMER,
            "kind": _("Document kind"),
            "title": _("Document title"),
            "note": _("Remark"),
            "dated": _("Dated"),
            "expires": _("Valid until"),
            "attachment_id": pgettext_lazy("trail", "File (number)"),
            "content_type": pgettext_lazy("trail", "Format of the file"),
            "size_bytes": pgettext_lazy("trail", "Size of the file in bytes"),
            "replaced_by_id": pgettext_lazy("trail", "Replaced by (number)"),
            "read_at": pgettext_lazy("trail", "Text read at"),
            "added_at": pgettext_lazy("trail", "Entered at"),
            "added_by_id": pgettext_lazy("trail", "Entered by (number)"),
        },
        of_customer=rows_of_customers("customers_document", "customer_id"),
    ),
)

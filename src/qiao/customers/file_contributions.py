"""What notes, wishes and consents bring to the customer's page and to the aside."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.manifest import Command, Hit, Panel, Permission, SearchSource
from qiao.customers.models import Document
from qiao.customers.queries import care, documents

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

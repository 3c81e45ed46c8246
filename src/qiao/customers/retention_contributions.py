"""What the customers module keeps how long, and what holds its data back."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import (
    AuditTable,
    LegalHold,
    Panel,
    Permission,
    Retention,
    rows_of_customers,
)
from qiao.customers.operations import letting_go
from qiao.customers.operations.holds import PERMISSION
from qiao.customers.queries import holds

SUBJECT_FILES: Final = "customers.subject_files"
UPLOADS: Final = "customers.uploads"

HOLDS = (
    LegalHold("customers.hold", _("A legal hold that somebody placed"), holds.PLACED),
    LegalHold("customers.erasing", _("A request for erasure that is not decided"), holds.ERASING),
)
RETENTION = (
    Retention(
        key=SUBJECT_FILES,
        label=_("Files of all that is held about a person"),
        about=_("The file is removed on the day that was promised; the record stays"),
        table="customers_subjectexport",
        due="r.state = 'ready' AND r.expires_at <= %(now)s",
        keep=7,
        most=30,
        because=_("One week: time to come back to the counter with the receipt"),
        clear=letting_go.let_subject_files_go,
        hourly=True,
    ),
    Retention(
        key=UPLOADS,
        label=_("Uploaded files whose import nobody started"),
        about=_("The file and the values read out of it are removed"),
        table="customers_importfile",
        due=(
            "r.state IN ('reading', 'mapping', 'checking', 'checked', 'failed')"
            " AND r.created_at < %(before)s"
        ),
        keep=7,
        most=90,
        because=_("One week: an import is prepared and started within days"),
        clear=letting_go.let_uploads_go,
        batch=100,
        hourly=True,
    ),
    Retention(
        key="customers.import_findings",
        label=_("Refused and differing rows of imports"),
        about=_("What stood in the rows is forgotten; how many there were stays"),
        table="customers_customerimport",
        due=(
            "r.finished_at < %(before)s AND EXISTS (SELECT 1 FROM customers_importedrow w"
            " WHERE w.customer_import_id = r.id AND (w.faults <> '[]' OR w.differs <> '[]'))"
        ),
        keep=365,
        least=30,
        because=_("One year: the source is corrected and taken in again long before"),
        clear=letting_go.let_findings_go,
        batch=5,
    ),
    Retention(
        key="customers.documents",
        label=_("Documents that ended or were replaced"),
        about=_("The document and its content are deleted"),
        table="customers_document",
        # The oldest of a row of replacements first; a proof stays while somebody acts by it.
        due=(
            "((r.replaced_by_id IS NULL AND r.expires < %(before)s::date)"
            " OR EXISTS (SELECT 1 FROM customers_document n"
            "             WHERE n.id = r.replaced_by_id AND n.added_at < %(before)s))"
            " AND NOT EXISTS (SELECT 1 FROM customers_document o WHERE o.replaced_by_id = r.id)"
            " AND NOT EXISTS (SELECT 1 FROM customers_acting a WHERE a.document_id = r.id)"
        ),
        keep=1_825,
        least=1_095,
        most=10_950,
        law=_("Three years after they end: limitation of claims (Civil Code, article 188)"),
        because=_("Five years: the legal three and a margin for claims that were interrupted"),
        customer_ids=holds.IDS_OF_ROW,
        clear=letting_go.let_documents_go,
        batch=200,
    ),
)
PANELS = (
    Panel(
        "customers.hold", _("Legal hold"), "customers/personal/hold_panel.html", holds.PANEL,
        "customers.view", frozenset({"customer"}), 2,
    ),
)  # fmt: skip
PERMISSIONS = (Permission(PERMISSION, _("Place and release legal holds on customers")),)
AUDITED = ("customers_hold",)
AUDIT_WORDS = (
    AuditTable(
        table="customers_hold",
        label=_("Legal hold"),
        fields={
            "reason": pgettext_lazy("customer form", "Reason"),
            "placed_at": _("Placed at"),
            "released_at": _("Released at"),
        },
        of_customer=rows_of_customers("customers_hold", "customer_id"),
    ),
)

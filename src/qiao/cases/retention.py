"""What the cases module keeps how long, and what it holds back."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import LegalHold, Retention

RETENTION = (
    Retention(
        key="cases.drafts",
        label=_("Unsent words on cases"),
        about=_("Deleted; what was kept stands in the case"),
        table="cases_casedraft",
        due="r.updated_at < %(before)s",
        keep=90,
        most=365,
        because=_("Three months: a case has an answer long before"),
    ),
    Retention(
        key="cases.lookups",
        label=_("Who asked for a case by its number"),
        about=_("Deleted: the attempts on the public page, found or not"),
        table="cases_publiclookup",
        due="r.at < %(before)s",
        keep=90,
        most=365,
        because=_("Three months: long enough to see who tries numbers"),
    ),
)
HOLDS = (
    LegalHold(
        "cases.open",
        _("A case that is not closed"),
        "EXISTS (SELECT 1 FROM cases_case k"
        " WHERE k.customer_id = ANY(h.ids) AND k.closed_at IS NULL)",
    ),
)

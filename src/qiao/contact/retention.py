"""What the contact module keeps how long."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Retention

RETENTION = (
    Retention(
        key="contact.drafts",
        label=_("Unfinished words on contacts"),
        about=_("Deleted; what was finished stands in the contact"),
        table="contact_interactiondraft",
        due="r.saved_at < %(before)s",
        keep=90,
        most=365,
        because=_("Three months: nobody finishes a contact of last season from memory"),
    ),
)

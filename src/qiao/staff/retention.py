"""How long the module keeps what people were told."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Retention

RETENTION = (
    Retention(
        key="staff.notices",
        label=_("Alerts to staff"),
        about=_("Deleted; what they told of stands where it happened"),
        table="staff_notice",
        due="r.created_at < %(before)s",
        keep=90,
        most=730,
        because=_("Three months: who was told what stands in the history of the case for good"),
    ),
)

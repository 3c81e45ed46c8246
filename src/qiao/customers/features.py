"""What of customers units switch on and off."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Feature

SEGMENTS: Final = "customers.segments"

FEATURES = (
    Feature(
        SEGMENTS,
        _("Segments"),
        _("Groups of customers by rules that keep themselves up to date."),
        addresses=("customers:segment*",),
        parts=("customers.segments",),
    ),
)

"""What of feedback units switch on and off."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Feature

IMPROVEMENTS: Final = "feedback.improvements"

FEATURES = (
    Feature(
        IMPROVEMENTS,
        _("Improvements"),
        _("Causes that come back are worked on and measured again."),
        addresses=("feedback:improvement*",),
    ),
)

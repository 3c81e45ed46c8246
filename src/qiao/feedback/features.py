"""What of feedback units switch on and off."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Feature

IMPROVEMENTS: Final = "feedback.improvements"
SURVEYS: Final = "feedback.surveys_used"
SUGGESTIONS: Final = "feedback.suggestions_used"
QUALITY: Final = "feedback.quality_used"

FEATURES = (
    Feature(
        IMPROVEMENTS,
        _("Improvements"),
        _("Causes that come back are worked on and measured again."),
        addresses=("feedback:improvement*",),
    ),
    Feature(
        SURVEYS,
        _("Surveys"),
        _("Samples of customers are asked; links that were sent stay open to the customers."),
        addresses=("feedback:survey*",),
    ),
    Feature(
        SUGGESTIONS,
        _("Suggestions"),
        _("What customers suggest is read, decided and answered; the public page stays as it is."),
        addresses=("feedback:suggestion*",),
        parts=("feedback.suggestion",),
    ),
    Feature(
        QUALITY,
        _("Quality sampling"),
        _("Contacts and cases are drawn and evaluated by score cards, with appeals and coaching."),
        addresses=(
            "feedback:quality*", "feedback:coaching*", "feedback:score_card*",
            "feedback:evaluation*", "feedback:replay",
        ),
    ),
)  # fmt: skip

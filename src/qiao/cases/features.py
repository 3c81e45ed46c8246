"""What of cases units switch on and off."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Feature

MACROS: Final = "cases.macros"
CHECKLISTS: Final = "cases.checklists"
CAUSES: Final = "cases.suggested_causes"
GREEN: Final = "cases.green_channel"
ALIKE: Final = "cases.many_alike"
DIGESTS: Final = "cases.digests"
BULK: Final = "cases.bulk"

FEATURES = (
    Feature(
        MACROS,
        _("Macros"),
        _("Several steps on a case with one key, prepared by the unit."),
        addresses=("cases:macro*",),
    ),
    Feature(
        CHECKLISTS,
        _("Checklists"),
        _("What is to be ticked off in a step; without it no step waits for ticks."),
        addresses=("cases:checklist*", "cases:check"),
        parts=("cases.checklists",),
    ),
    Feature(
        CAUSES,
        _("Suggested causes"),
        _("The words of a case suggest why it came to it; without it people choose unaided."),
        addresses=("cases:cause_suggestions",),
    ),
    Feature(
        GREEN,
        _("Green channel"),
        _("By rules or by hand some cases jump the queue; new ones of the unit enter no more."),
        addresses=("cases:green", "cases:green_by_hand"),
    ),
    Feature(
        ALIKE,
        _("Many alike"),
        _("Main cases for many reports of one cause; bursts are proposed."),
        addresses=("cases:alike*",),
    ),
    Feature(
        DIGESTS,
        _("Executives' digest"),
        _("Complaints drawn for executives every working day, with their decisions."),
        addresses=("cases:digest*", "cases:decide", "cases:order_done"),
    ),
    Feature(
        BULK,
        _("Acting on many cases at once"),
        _("One action on all selected cases, foreseen before and taken back after."),
        addresses=("cases:bulk*",),
    ),
)

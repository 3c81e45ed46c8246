"""Tables of the metering module."""

from qiao.metering.models.checks import Check
from qiao.metering.models.files import ReadingFile, RefusedRow
from qiao.metering.models.heads import AsideMessage, HeadEnd, HeadEndFigures, ListenerState
from qiao.metering.models.intervals import DayUse, IntervalLoad, LakeFile, RefusedInterval
from qiao.metering.models.readings import (
    Reading,
    ReadingChange,
    ReadingFinding,
    UsageAdjustment,
)
from qiao.metering.models.registers import Register, RegisterMultiplier
from qiao.metering.models.routes import ReadingRound, Route, RouteStop
from qiao.metering.models.walks import (
    BlindCheck,
    BlindStop,
    MeterPlace,
    StopVisit,
    UnreadReason,
)

__all__ = [
    "AsideMessage",
    "BlindCheck",
    "BlindStop",
    "Check",
    "DayUse",
    "HeadEnd",
    "HeadEndFigures",
    "IntervalLoad",
    "LakeFile",
    "ListenerState",
    "MeterPlace",
    "Reading",
    "ReadingChange",
    "ReadingFile",
    "ReadingFinding",
    "ReadingRound",
    "RefusedInterval",
    "RefusedRow",
    "Register",
    "RegisterMultiplier",
    "Route",
    "RouteStop",
    "StopVisit",
    "UnreadReason",
    "UsageAdjustment",
]

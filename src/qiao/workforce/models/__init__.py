"""Groups that are planned, their shifts, the weeks of their rosters, and what people wish."""

from qiao.workforce.models.groups import GroupTeam, PlanningGroup, ShiftKind
from qiao.workforce.models.people import Certificate, PulseCount, PulseGiven, ShiftWish
from qiao.workforce.models.rosters import RosterCell, RosterWeek

__all__ = [
    "Certificate",
    "GroupTeam",
    "PlanningGroup",
    "PulseCount",
    "PulseGiven",
    "RosterCell",
    "RosterWeek",
    "ShiftKind",
    "ShiftWish",
]

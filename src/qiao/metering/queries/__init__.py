"""Reads. `usage_until` is the door for billing, `history` that for panels of others."""

from qiao.metering.queries.accounts import last_read, point_of_account
from qiao.metering.queries.bill_readings import BilledDays, BilledReading, readings_of_bills
from qiao.metering.queries.history import (
    HistoryLine,
    HistoryPage,
    PointHead,
    PointUnknown,
    history,
    point_for,
)
from qiao.metering.queries.loads import refused_of
from qiao.metering.queries.rounds import RouteLine, routes_of
from qiao.metering.queries.usage import (
    Obstacle,
    UsageSegment,
    held_up,
    usage_until,
    usage_with_obstacles,
)
from qiao.metering.rules.registers import DEMAND, TOTAL

__all__ = [
    "DEMAND",
    "TOTAL",
    "BilledDays",
    "BilledReading",
    "HistoryLine",
    "HistoryPage",
    "Obstacle",
    "PointHead",
    "PointUnknown",
    "RouteLine",
    "UsageSegment",
    "held_up",
    "history",
    "last_read",
    "point_for",
    "point_of_account",
    "readings_of_bills",
    "refused_of",
    "routes_of",
    "usage_until",
    "usage_with_obstacles",
]

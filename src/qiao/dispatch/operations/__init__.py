"""Writes: the door through which other modules change work orders."""

from qiao.core.attachments import Accepted
from qiao.dispatch.operations.assigning import (
    NoSuchCrew,
    NothingChanges,
    NotInTheTeam,
    assign_technician,
)
from qiao.dispatch.operations.creating import (
    cancel_work_orders,
    create_work_order,
    follow_case,
    follow_cases_order,
    follow_deadline,
)
from qiao.dispatch.operations.filling import Filling, TooManyPictures, save_progress
from qiao.dispatch.operations.moving import move_work_orders
from qiao.dispatch.operations.recording import NotYours, Report
from qiao.dispatch.operations.working import (
    CaseRefused,
    NotComplete,
    ReasonNeeded,
    accept,
    arrive,
    complete,
    give_back,
    refuse,
    resume,
    start_travel,
    suspend,
)
from qiao.dispatch.queries.orders import DUTY

__all__ = [
    "DUTY",
    "Accepted",
    "CaseRefused",
    "Filling",
    "NoSuchCrew",
    "NotComplete",
    "NotInTheTeam",
    "NotYours",
    "NothingChanges",
    "ReasonNeeded",
    "Report",
    "TooManyPictures",
    "accept",
    "arrive",
    "assign_technician",
    "cancel_work_orders",
    "complete",
    "create_work_order",
    "follow_case",
    "follow_cases_order",
    "follow_deadline",
    "give_back",
    "move_work_orders",
    "refuse",
    "resume",
    "save_progress",
    "start_travel",
    "suspend",
]

"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.feedback.queries.counting import my_open_count
from qiao.feedback.queries.following import (
    DUTY,
    NotVisible,
    Progress,
    follow_ups_of_case,
    get_follow_up_for,
    must_be_another,
    patience_for,
    progress_of,
    waiting_follow_ups,
)
from qiao.feedback.queries.judgements import judgements_of
from qiao.feedback.queries.listing import Filters, Page, list_follow_ups

__all__ = [
    "DUTY",
    "Filters",
    "NotVisible",
    "Page",
    "Progress",
    "follow_ups_of_case",
    "get_follow_up_for",
    "judgements_of",
    "list_follow_ups",
    "must_be_another",
    "my_open_count",
    "patience_for",
    "progress_of",
    "waiting_follow_ups",
]

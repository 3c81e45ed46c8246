"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.dispatch.queries.orders import (
    NotVisible,
    board_orders,
    exit_of,
    find_by_number,
    finished_today,
    get_work_order_for,
    history_of,
    my_orders,
    note_field,
    orders_of_case,
    pictures_of,
    pool_orders,
    technicians_on_case,
)
from qiao.dispatch.queries.people import is_technician_of, technicians_of
from qiao.dispatch.queries.sheets import load_sheets, sheet_for

__all__ = [
    "NotVisible",
    "board_orders",
    "exit_of",
    "find_by_number",
    "finished_today",
    "get_work_order_for",
    "history_of",
    "is_technician_of",
    "load_sheets",
    "my_orders",
    "note_field",
    "orders_of_case",
    "pictures_of",
    "pool_orders",
    "sheet_for",
    "technicians_of",
    "technicians_on_case",
]

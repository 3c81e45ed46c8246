"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.dispatch.queries.listing import OrderPage, list_work_orders
from qiao.dispatch.queries.orders import (
    Board,
    NotVisible,
    board,
    exit_of,
    find_by_number,
    finished_today,
    get_work_order_for,
    history_of,
    my_order_count,
    my_orders,
    note_field,
    orders_of_case,
    pictures_of,
    pool_orders,
    technicians_on_case,
)
from qiao.dispatch.queries.people import (
    Team,
    is_technician_of,
    open_load,
    people_for,
    team_of,
    technicians_of,
)
from qiao.dispatch.queries.sheets import load_sheets, sheet_for

__all__ = [
    "Board",
    "NotVisible",
    "OrderPage",
    "Team",
    "board",
    "exit_of",
    "find_by_number",
    "finished_today",
    "get_work_order_for",
    "history_of",
    "is_technician_of",
    "list_work_orders",
    "load_sheets",
    "my_order_count",
    "my_orders",
    "note_field",
    "open_load",
    "orders_of_case",
    "people_for",
    "pictures_of",
    "pool_orders",
    "sheet_for",
    "team_of",
    "technicians_of",
    "technicians_on_case",
]

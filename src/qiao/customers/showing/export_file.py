"""A list of customers as cells in the reader's words."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from qiao.core.rules import phones
from qiao.customers.models import Customer, ProtectedFlag, Service
from qiao.customers.queries import masked_phone
from qiao.customers.queries.export_heads import HEADS
from qiao.customers.queries.exporting import ExportRow

Cell = Callable[[ExportRow], object]


def cells(columns: list[str], *, full_phones: bool) -> Callable[[ExportRow], list[object]]:
    """What turns a row into its cells; numbers are masked unless they are asked for in full."""
    language = get_language() or "en"
    between = "；" if language.startswith("zh") else "; "
    kinds, genders = _words(Customer.Kind), _words(Customer.Gender)
    flags, services = _words(ProtectedFlag), _words(Service)

    def phone(stored: str) -> str:
        if full_phones:
            return phones.display(stored, language)
        number, _sign, extension = stored.partition(";ext=")
        return masked_phone(number, extension)

    makers: dict[str, Cell] = {
        "number": lambda row: row.number,
        "name": lambda row: row.name,
        "kind": lambda row: kinds.get(row.kind, row.kind),
        "gender": lambda row: genders.get(row.gender, ""),
        "tier": lambda row: row.tier,
        "flags": lambda row: between.join(flags.get(key, key) for key in row.flags),
        "phones": lambda row: between.join(phone(stored) for stored in row.phones),
        "accounts": lambda row: between.join(row.accounts),
        "services": lambda row: between.join(services.get(key, key) for key in row.services),
        "addresses": lambda row: between.join(row.addresses),
        "opened_date": lambda row: row.opened_date.isoformat() if row.opened_date else "",
        "created_at": lambda row: f"{timezone.localtime(row.created_at):%Y-%m-%d}",
    }
    chosen = [makers[column] for column in columns]
    return lambda row: [make(row) for make in chosen]


def _words(choices: Any) -> dict[str, str]:
    """The words of all values, looked up once."""
    return {value: str(label) for value, label in choices.choices if value}


def heads(columns: list[str]) -> list[str]:
    """The names of the columns."""
    return [str(HEADS[column]) for column in columns]

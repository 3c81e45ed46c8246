"""How an account is billed, in words: the terms of its days, and what a tariff asks for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.billing import showing
from qiao.billing.models import BillingAccount, BillingTerms
from qiao.billing.models import Tariff as Row
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.tariffs import TariffNow, tariff_on, tariffs_on
from qiao.billing.rules.tariffs.asked import Asks, asks_of
from qiao.billing.rules.tariffs.model import Tariff
from qiao.core.actor import Actor
from qiao.core.wording import from_names
from qiao.customers.queries import NotVisible, account_record
from qiao.staff.queries import names_of

TERMS: Final = "bills.terms"


@dataclass(frozen=True, slots=True)
class TermsLine:
    """Terms in words: from when, until before when (None: for good), the tariff, what was said of
    the customer as pairs of a name and a value, why, and by whom ("" for a file or a program)."""

    tariff_id: int
    tariff: str
    since: date
    until: date | None
    said: tuple[tuple[str, str], ...]
    reason: str
    who: str
    holds: bool

    @property
    def last(self) -> date | None:
        """The last day on which they hold."""
        return self.until - timedelta(days=1) if self.until else None


def terms_on(account_id: int, day: date) -> BillingTerms | None:
    """The terms of an account on a day."""
    return BillingTerms.objects.filter(account=account_id, period__contains=day).first()


def terms_lines(account_id: int, *, today: date) -> list[TermsLine]:
    """All terms of an account, the latest first; `holds` marks those of today. Two statements."""
    rows = list(
        BillingTerms.objects.select_related("tariff")
        .filter(account=account_id)
        .order_by("-period")
    )
    names = names_of({row.created_by_id for row in rows if row.created_by_id})
    return [
        TermsLine(
            tariff_id=row.tariff_id,
            tariff=from_names(row.tariff.names, row.tariff.key),
            since=row.period.lower,
            until=row.period.upper,
            said=said_words(row.tariff, row.labels, row.numbers),
            reason=row.reason,
            who=names.get(row.created_by_id or 0, ""),
            holds=row.period.lower <= today
            and (row.period.upper is None or today < row.period.upper),
        )
        for row in rows
    ]


def billed_how(*, actor: Actor, account_id: int) -> dict[str, Any]:
    """How an account is billed, as programs are told it.

    Raises `NotVisible`, also where it is not billed; `Forbidden`.
    """
    record = account_record(actor=actor, account_id=account_id)
    actor.require(VIEW, record.organisation_id)
    row = BillingAccount.objects.select_related("feed").filter(pk=account_id).first()
    if row is None:
        raise NotVisible(f"account {account_id} is not billed")
    held = BillingTerms.objects.select_related("tariff").filter(account=account_id)
    return {
        "account_id": row.pk,
        "months": row.months,
        "billed_until": row.billed_until,
        "closed_date": row.closed_date,
        "billed_by": row.feed.name if row.feed else None,
        "terms": [
            {
                "tariff_id": each.tariff_id,
                "tariff": from_names(each.tariff.names, each.tariff.key),
                "since": each.period.lower,
                "until": each.period.upper,
                "given": {**each.labels, **each.numbers},
                "reason": each.reason,
            }
            for each in held.order_by("-period")
        ],
    }


def said_words(
    row: Row, labels: Mapping[str, str], numbers: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """What was said of a customer, as pairs of a name and a value."""
    told = [
        (showing.input_name(row, name), showing.value_name(row, name, value))
        for name, value in labels.items()
    ]
    told += [
        (showing.input_name(row, name), showing.plain(Decimal(text)))
        for name, text in numbers.items()
    ]
    return tuple(told)


def held_words(row: BillingTerms | None) -> str:
    """Terms in one line; a dash where none hold."""
    if row is None:
        return "–"
    return _line(row.tariff, said_words(row.tariff, row.labels, row.numbers))


def asked_words(tariff_id: int, given: Mapping[str, str]) -> str:
    """Terms that were asked for, in one line."""
    row = Row.objects.get(pk=tariff_id)
    labels = {
        name: value for name, value in given.items() if row.inputs.get(name, {}).get("values")
    }
    numbers = {name: value for name, value in given.items() if name not in labels}
    return _line(row, said_words(row, labels, numbers))


def _line(row: Row, said: tuple[tuple[str, str], ...]) -> str:
    parts = [from_names(row.names, row.key)]
    parts += [f"{name} {value}" for name, value in said]
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked, as a field: its name, its label, the choices (key and words) of one that is
    chosen, and what holds where it stays empty, in words ("" where it must be said)."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A tariff that an account may be billed by, with what it asks, as `fields` and as rules."""

    tariff_id: int
    name: str
    fields: tuple[Field, ...]
    asks: tuple[Asks, ...]


def tariffs_for(service: str, *, day: date) -> list[Choice]:
    """The tariffs of a service as they hold on a day; one that has no price yet as it will."""
    found = []
    for on_day in tariffs_on(day=day):
        if on_day.row.service == service:
            now = _from_its_first_price(on_day)
            if now.tariff is not None:
                found.append(_choice(now, now.tariff))
    return found


def _from_its_first_price(now: TariffNow) -> TariffNow:
    if now.tariff is None and now.until is not None:
        return tariff_on(tariff_id=now.row.pk, day=now.until)
    return now


def _choice(now: TariffNow, tariff: Tariff) -> Choice:
    asks = asks_of(tariff, now.row.inputs)
    fields = tuple(_field(now.row, each) for each in asks)
    return Choice(now.row.pk, from_names(now.row.names, now.row.key), fields, asks)


def _field(row: Row, asks: Asks) -> Field:
    choices = tuple((key, showing.value_name(row, asks.name, key)) for key in asks.values)
    if asks.default is None:
        otherwise = ""
    elif asks.values:
        otherwise = showing.value_name(row, asks.name, asks.default)
    else:
        otherwise = showing.plain(Decimal(asks.default))
    return Field(asks.name, showing.input_name(row, asks.name), choices, otherwise)


def input_names(tariff_id: int, names: Iterable[str]) -> list[str]:
    """What inputs of a tariff are called."""
    row = Row.objects.get(pk=tariff_id)
    return [showing.input_name(row, name) for name in names]


def as_the_tariff(otherwise: str) -> str:
    """What stands in a field that may stay empty."""
    return _("as the tariff has it: %(value)s") % {"value": otherwise}

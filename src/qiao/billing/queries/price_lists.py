"""Price lists in the reader's language: what every tariff charges on a day. Prices are public."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.billing import showing
from qiao.billing.queries.tariffs import TariffNow, tariffs_on
from qiao.billing.showing import ChargeWords, Priced
from qiao.core.wording import from_names
from qiao.customers.queries import service_names

SHOWN: Final = 3
"""A charge with more prices than these stands in short with the first and the last of them."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """A tariff on a day, in words. `since` is None before its first day; `until` is the day on
    which the next version begins, None where none is known."""

    tariff_id: int
    name: str
    service: str
    since: date | None
    until: date | None
    currency: str
    unit: str
    source: str
    charges: tuple[ChargeWords, ...]

    @property
    def brief(self) -> tuple[Priced, ...]:
        """Its prices in short, by what they are for."""
        return tuple(each for charge in self.charges for each in _brief(charge))


def price_lists(*, day: date) -> list[PriceList]:
    """All tariffs on a day, by service."""
    return [price_list_of(now) for now in tariffs_on(day=day)]


def price_list_of(now: TariffNow) -> PriceList:
    """One tariff in words."""
    row, version, tariff = now.row, now.version, now.tariff
    charges = tariff.charges if tariff else ()
    return PriceList(
        tariff_id=row.pk,
        name=from_names(row.names, row.key),
        service=str(service_names().get(row.service, row.service)),
        since=version.valid_from if version else None,
        until=now.until,
        currency=tariff.currency if tariff else "",
        unit=showing.UNITS.get(tariff.unit, tariff.unit) if tariff else "",
        source=from_names(version.source) if version else "",
        charges=tuple(showing.charge_words(row, tariff, each) for each in charges)
        if tariff
        else (),
    )


def _brief(charge: ChargeWords) -> list[Priced]:
    prices = charge.prices
    if len(prices) > SHOWN:
        return [Priced(charge.name, f"{prices[0].price} – {prices[-1].price}")]
    return [
        Priced(f"{charge.name} · {each.for_what}" if each.for_what else charge.name, each.price)
        for each in prices
    ]

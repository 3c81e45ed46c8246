"""Which prices hold on a day. They are published, so anybody may know them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from qiao.billing.models import Tariff as Row
from qiao.billing.models import TariffVersion
from qiao.billing.rules.tariffs.asked import asks_of
from qiao.billing.rules.tariffs.model import Tariff
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.staff.queries import packs_in_use

FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)


class TariffMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such tariff."""


@dataclass(frozen=True, slots=True)
class TariffNow:
    """A tariff on a day: the version that holds, when the next begins (None: none is known), and
    what it asks and charges. `version` and `tariff` are None before its first day."""

    row: Row
    version: TariffVersion | None
    until: date | None
    tariff: Tariff | None


def tariffs_on(*, day: date) -> list[TariffNow]:
    """All tariffs of the trades of the company as they hold on a day, by service; three
    statements."""
    rows = tariffs_in_use()
    held = {version.tariff_id: version for version in _holding(day)}
    first = {}
    later = TariffVersion.objects.standing().filter(valid_from__gt=day)
    for version in later.order_by("-valid_from"):
        first[version.tariff_id] = version.valid_from
    return [_now(row, held.get(row.pk), first.get(row.pk)) for row in rows]


def tariffs_in_use() -> list[Row]:
    """The tariffs of the trades of the company, by service."""
    rows = Row.objects.filter(pack__in=packs_in_use())
    return list(rows.order_by("service", "place", "pk"))


def inputs_of_terms() -> list[tuple[Row, dict[str, Any]]]:
    """The tariffs of the trades, each with those of its inputs that terms of an account say:
    without what registers count."""
    found = []
    for now in tariffs_on(day=LAST):
        asks = asks_of(now.tariff, now.row.inputs) if now.tariff else ()
        inputs = {each.name: now.row.inputs.get(each.name, {}) for each in asks}
        found.append((now.row, inputs))
    return found


def tariff_on(*, tariff_id: int, day: date) -> TariffNow:
    """One tariff as it holds on a day. Raises `TariffMissing`."""
    row = Row.objects.filter(pk=tariff_id).first()
    if row is None:
        raise TariffMissing
    versions = list(row.versions.filter(withdrawn_at__isnull=True).order_by("valid_from"))
    held = next((each for each in reversed(versions) if each.valid_from <= day), None)
    until = next((each.valid_from for each in versions if each.valid_from > day), None)
    return _now(row, held, until)


def _holding(day: date) -> list[TariffVersion]:
    rows = TariffVersion.objects.standing().filter(valid_from__lte=day)
    return list(rows.order_by("tariff", "-valid_from").distinct("tariff"))


def _now(row: Row, version: TariffVersion | None, until: date | None) -> TariffNow:
    tariff = read_tariff(version.definition) if version else None
    return TariffNow(row, version, until, tariff)


def day_of(text: str, today: date) -> date:
    """The day that an address asks for; today where none is, or one that cannot be meant."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return today
    return found if FIRST <= found <= LAST else today

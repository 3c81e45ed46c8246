"""What packs bring: their tariffs, and each version of them once."""

from collections.abc import Iterable
from datetime import date, datetime

from qiao.billing.models import Tariff, TariffVersion
from qiao.billing.queries.pack_tariffs import PackTariff
from qiao.billing.rules.tariffs.writing import write_tariff
from qiao.core.transactions import required


class VersionStands(Exception):  # noqa: N818 - a refusal, not a fault
    """A pack brings other prices for a day from which a version holds already; the message names
    the tariff and the day. Prices that may have been billed are not changed: the pack must bring
    them as a version of another day."""


def install_tariffs(*, tariffs: Iterable[PackTariff], now: datetime) -> int:
    """Keep the tariffs of packs with their versions; how many versions are new.

    Names and texts follow the pack; its prices only up to the day from which the company has
    published its own. Raises `VersionStands`.
    """
    required()
    added = 0
    for place, each in enumerate(tariffs):
        words = {
            "service": each.service,
            "names": dict(each.names),
            "inputs": dict(each.inputs),
            "owners": dict(each.owners),
            "place": place,
        }
        tariff, _made = Tariff.objects.update_or_create(
            pack=each.pack,
            key=each.key,
            defaults=words,
            create_defaults=words | {"created_at": now},
        )
        rows = list(TariffVersion.objects.standing().filter(tariff=tariff))
        stand = {version.valid_from: version for version in rows}
        own = min((row.valid_from for row in rows if row.published_by_id), default=date.max)
        for version in each.versions:
            if version.valid_from >= own:
                continue
            definition = write_tariff(version.tariff)
            before = stand.get(version.valid_from)
            if before is None:
                TariffVersion.objects.create(
                    tariff=tariff,
                    valid_from=version.valid_from,
                    definition=definition,
                    source=dict(version.source),
                    created_at=now,
                )
                added += 1
            elif before.definition != definition:
                raise VersionStands(f"{each.pack}.{each.key}: {version.valid_from}")
    return added

"""Under what accounts are billed on which days, as bills are rated: dated terms and prices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db import connection

from qiao.billing.models import BillingTerms, TariffVersion
from qiao.billing.rules.tariffs.model import Tariff
from qiao.billing.rules.tariffs.planning import Terms
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.core.rules.periods import Period, split

VERSIONS_AT_HAND = 1024


def tariffs_by_version(versions: Iterable[str]) -> dict[str, Tariff]:
    """Versions of tariffs by their ids as text; a version never changes, so it is read once a
    process."""
    database = str(connection.settings_dict["NAME"])
    return {version: _tariff(int(version), database) for version in set(versions)}


@lru_cache(maxsize=VERSIONS_AT_HAND)
def _tariff(version_id: int, _database: str) -> Tariff:
    """By database too: a process that goes to another one meets other versions of the same id."""
    return read_tariff(TariffVersion.objects.get(pk=version_id).definition)


def terms_of(account_ids: Iterable[int]) -> dict[int, list[Terms]]:
    """The terms of accounts, in order of their days, each under one version of its tariff. Days
    before the first version of a tariff have none."""
    rows = BillingTerms.objects.filter(account__in=list(account_ids)).order_by("account", "period")
    found: dict[int, list[Terms]] = defaultdict(list)
    versions = versions_by_tariff()
    for row in rows:
        numbers = {name: Decimal(text) for name, text in row.numbers.items()}
        period = Period(row.period.lower, row.period.upper)
        for piece, version in under_versions(period, versions[row.tariff_id]):
            found[row.account_id].append(Terms(piece, version, row.labels, numbers))
    return dict(found)


def versions_by_tariff() -> Mapping[int, Sequence[tuple[date, str]]]:
    """The versions of all tariffs that stand: first day and id, in order."""
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = TariffVersion.objects.standing().order_by("tariff", "valid_from")
    for pk, tariff_id, valid_from in rows.values_list("pk", "tariff_id", "valid_from"):
        found[tariff_id].append((valid_from, str(pk)))
    return found


def under_versions(
    period: Period, versions: Sequence[tuple[date, str]]
) -> list[tuple[Period, str]]:
    """A period in pieces of one version each; days before the first version are in none."""
    found = []
    for piece in split(period, [day for day, _version in versions]):
        held = [version for day, version in versions if day <= piece.start]
        if held:
            found.append((piece, held[-1]))
    return found

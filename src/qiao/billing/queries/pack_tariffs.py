"""The tariffs of the packs (``tariffs.toml``): names, what is asked of a customer, dated versions.

::

    [[tariff]]
    key = "household"
    service = "water"
    name = {en = "…", zh-Hans = "…", zh-Hant = "…"}

    [[tariff.input]]           # what the tariff asks of a customer
    key = "people"
    name = {…}
    least = "1"            # of a number; may be left out, as `most`

    [[tariff.owner]]           # whose money a charge is, where not the company's
    key = "sewage"
    name = {…}

    [[tariff.version]]
    valid_from = 2026-01-01
    source = {…}               # by which document the prices hold
    definition = {…}           # as `rules.tariffs.reading` has it
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from qiao.billing.rules.tariffs.asked import NUMBER
from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.model import Tariff, labels_needed, numbers_needed
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.core.packs import SHIPPED, PackInvalid, PackProblem
from qiao.core.packs.reading import Table
from qiao.core.rules.texts import DATA_KEYS
from qiao.customers.queries import service_names

FILE: Final = "tariffs.toml"
KNOWN: Final = frozenset({"usage", "days", "months"})
"""Inputs that every bill has: they need no names from the pack."""


@dataclass(frozen=True, slots=True)
class PackVersion:
    """Prices from a day on, and by which document."""

    valid_from: date
    tariff: Tariff
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackTariff:
    """A tariff as a pack brings it; texts by language. See `models.Tariff`."""

    pack: str
    key: str
    service: str
    names: Mapping[str, str]
    inputs: Mapping[str, Any]
    owners: Mapping[str, Any]
    versions: tuple[PackVersion, ...]


def tariffs_of_packs() -> Iterable[PackTariff]:
    """The tariffs of all enabled packs, in their order. Raises `PackInvalid`."""
    for pack in settings.QIAO_PACKS:
        yield from load_tariffs(SHIPPED / pack)


def load_tariffs(folder: Path) -> list[PackTariff]:
    """The tariffs of the pack in `folder`; none without the file.

    Raises `PackInvalid` with every problem, each naming file and key.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    problems: list[PackProblem] = []
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    table = Table(data, file=FILE, place="", problems=problems)
    tariffs = [_read(item, folder.name) for item in table.tables("tariff")]
    table.finish()
    if problems:
        raise PackInvalid(problems)
    return tariffs


def _read(table: Table, pack: str) -> PackTariff:
    versions = tuple(
        version for item in table.tables("version") if (version := _version(item)) is not None
    )
    found = PackTariff(
        pack=pack,
        key=table.key(),
        service=table.choice("service", tuple(service_names())),
        names=table.text("name").data(),
        inputs=dict(_input(item) for item in table.tables("input")),
        owners={item.key(): _named(item) for item in table.tables("owner")},
        versions=versions,
    )
    if not versions:
        table.report("version", "one version at least is needed")
    days = [version.valid_from for version in versions]
    if len(set(days)) != len(days):
        table.report("version", "two versions hold from one day")
    for version in versions:
        _check_inputs(table, version, found.inputs)
        for charge in version.tariff.charges:
            if charge.owner != "company" and charge.owner not in found.owners:
                table.report("owner", f"{charge.owner} is owed {charge.key} and has no name")
            if set(charge.names) != set(DATA_KEYS):
                table.report(
                    "version", f"{charge.key}: names in {', '.join(DATA_KEYS)} are needed"
                )
    table.finish()
    return found


def _version(table: Table) -> PackVersion | None:
    valid_from = table.raw("valid_from")
    source = table.text("source").data()
    definition = table.raw("definition")
    table.finish()
    if not isinstance(valid_from, date):
        table.report("valid_from", f"expected a day such as 2026-01-01, found {valid_from!r}")
        return None
    if not isinstance(definition, Mapping):
        table.report("definition", "missing; expected the charges of the tariff")
        return None
    try:
        return PackVersion(valid_from, read_tariff(definition), source)
    except BadTariff as refusal:
        table.report(f"definition.{refusal.where}", refusal.what)
        return None


def _input(table: Table) -> tuple[str, dict[str, Any]]:
    values = {item.string("key"): _named(item) for item in table.tables("value")}
    key, names = table.key(), table.text("name").data()
    limits = {name: _limit(table, name) for name in ("least", "most")}
    table.finish()
    found = {"names": names, "values": values}
    return key, found | {name: text for name, text in limits.items() if text is not None}


def _limit(table: Table, name: str) -> str | None:
    """What a number is not below, or not above; decimal text, None where nothing is said."""
    text = table.raw(name)
    if text is not None and not NUMBER.fullmatch(str(text)):
        table.report(name, f"expected a number as text such as '100', found {text!r}")
        return None
    return None if text is None else str(text)


def _named(table: Table) -> dict[str, str]:
    names = dict(table.text("name").data())
    table.finish()
    return names


def _check_inputs(table: Table, version: PackVersion, inputs: Mapping[str, Any]) -> None:
    """Whatever the prices ask of a customer must have a name, and each of its values too."""
    labels = labels_needed(version.tariff)
    for name in sorted((numbers_needed(version.tariff) | labels.keys()) - KNOWN - inputs.keys()):
        table.report("input", f"{name} is asked for by {version.valid_from} and has no name")
    for name, values in labels.items():
        known = inputs[name]["values"] if name in inputs else {}
        for value in sorted(values - known.keys()):
            table.report("input", f"{name}: the value {value} has no name")

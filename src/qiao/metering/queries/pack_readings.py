"""Registers, checks and reasons as data: the module's own (``readings.toml``), then the packs'.

::

    [[register]]               # what hangs with a meter of a service and a size
    service = "water"
    size = "DN15"              # left out: every other size
    kind = "total"             # or period, demand
    period = ""                # which hours a register of time of use counts
    digits = 5
    decimals = 0
    unit = "m³"

    [[check]]                  # see `rules.checks`
    key = "high"
    service = "water"          # left out: every service
    severity = "stop"          # or note, off
    valid_from = 2026-01-01
    parameters = {times = "3"}
    source = {…}               # by which document, in three languages

    [[reason]]                 # why a meter was not read
    key = "locked"
    photo = true               # stands only with a photo
    valid_from = 2026-01-01
    active = true
    name = {…}
    source = {…}

    [[obis]]                   # what a code means that meters push
    code = "1-0:1.8.1"
    means = "reading"          # or use (of an interval), meter (its number), clock
    kind = "period"            # the register: as above
    period = "peak"
    unit = "kWh"
    decimals = 2               # left out: as the meter tells
    told_unit = "Wh"           # left out: the frame must say it; or m³, l, J
    told_scaler = 0

Registers of a pack stand for the module's own of the same service, a code of a pack for the same
one of a file before it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from qiao.core.packs import SHIPPED, PackInvalid, PackProblem
from qiao.core.packs.reading import Table
from qiao.customers.queries import service_names
from qiao.metering.rules.checks import BadRule, Rule, read_rule
from qiao.metering.rules.obis import (
    MEANINGS,
    READING,
    UNIT_OF,
    UNITS,
    USE,
    Meaning,
    in_unit,
    is_code,
)
from qiao.metering.rules.registers import KINDS, MOST_DECIMALS, MOST_DIGITS, TOTAL

FILE: Final = "readings.toml"
OWN: Final = Path(__file__).parents[1] / FILE


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """What hangs with a meter of a service and a size (empty: every other size)."""

    service: str
    size: str
    kind: str
    period: str
    digits: int
    decimals: int
    unit: str

    def data(self) -> dict[str, Any]:
        """As SQL reads it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PackCheck:
    """A check as data brings it: for which service, and by which document (by language)."""

    service: str
    rule: Rule
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackReason:
    """A reason why a meter was not read, as data brings it; words by language."""

    key: str
    needs_photo: bool
    is_active: bool
    valid_from: date
    names: Mapping[str, str]
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackReadings:
    """What one file brings."""

    registers: tuple[RegisterForm, ...]
    checks: tuple[PackCheck, ...]
    reasons: tuple[PackReason, ...] = ()
    obis: tuple[Meaning, ...] = ()


@cache
def register_forms() -> tuple[RegisterForm, ...]:
    """The registers that meters have, by the enabled packs. Raises `PackInvalid`."""
    forms: dict[str, list[RegisterForm]] = {}
    for found in _all():
        mine: dict[str, list[RegisterForm]] = {}
        for form in found.registers:
            mine.setdefault(form.service, []).append(form)
        forms |= mine
    return tuple(form for each in forms.values() for form in each)


def checks_of_packs() -> list[PackCheck]:
    """The checks that the module and the enabled packs bring. Raises `PackInvalid`."""
    return [check for found in _all() for check in found.checks]


def reasons_of_packs() -> list[PackReason]:
    """The reasons that the module and the enabled packs bring. Raises `PackInvalid`."""
    return [reason for found in _all() for reason in found.reasons]


@cache
def obis_meanings() -> Mapping[str, Meaning]:
    """What OBIS codes mean, by code, by the enabled packs. Raises `PackInvalid`."""
    return {each.code: each for found in _all() for each in found.obis}


def _all() -> list[PackReadings]:
    folders = [SHIPPED / pack / FILE for pack in settings.QIAO_PACKS]
    return [load_readings(path) for path in (OWN, *folders) if path.is_file()]


def load_readings(path: Path) -> PackReadings:
    """What a file brings. Raises `PackInvalid` with every problem, each naming file and key."""
    problems: list[PackProblem] = []
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    table = Table(data, file=path.name, place="", problems=problems)
    registers = [_register(item) for item in table.tables("register")]
    checks = [found for item in table.tables("check") if (found := _check(item)) is not None]
    reasons = [one for item in table.tables("reason") if (one := _reason(item)) is not None]
    obis = [_meaning(item) for item in table.tables("obis")]
    table.finish()
    once = {(form.service, form.size, form.kind, form.period) for form in registers}
    if len(once) != len(registers):
        table.report("register", "two registers of one service, size, kind and period")
    if problems:
        raise PackInvalid(problems)
    return PackReadings(tuple(registers), tuple(checks), tuple(reasons), tuple(obis))


def _register(table: Table) -> RegisterForm:
    found = RegisterForm(
        service=table.choice("service", tuple(service_names())),
        size=table.string("size", ""),
        kind=table.choice("kind", KINDS, TOTAL),
        period=table.key("period", ""),
        digits=table.integer("digits", least=1),
        decimals=table.integer("decimals", 0),
        unit=table.string("unit"),
    )
    if found.digits > MOST_DIGITS or found.decimals > MOST_DECIMALS:
        table.report("digits", f"at most {MOST_DIGITS} digits and {MOST_DECIMALS} decimals")
    table.finish()
    return found


def _meaning(table: Table) -> Meaning:
    told, means = table.raw("told_unit"), table.choice("means", MEANINGS)
    is_amount = means in (READING, USE)
    decimals = table.raw("decimals")
    scaler = table.integer("told_scaler", 0, least=-9)
    found = Meaning(
        code=table.string("code"),
        means=means,
        kind=table.choice("kind", KINDS, TOTAL),
        period=table.key("period", ""),
        unit=table.string("unit", ""),
        decimals=decimals if isinstance(decimals, int) else None,
        scaled=(scaler, UNITS[told]) if told in UNITS else None,
    )
    if not is_code(found.code):
        table.report("code", f"expected a code such as 1-0:1.8.0, found {found.code!r}")
    if told is not None and told not in UNITS:
        table.report("told_unit", f"one of {', '.join(UNITS)}, found {told!r}")
    if is_amount and in_unit(Decimal(1), [0, UNIT_OF.get(found.unit, 0)], found.unit) is None:
        table.report("unit", f"one of {', '.join(UNIT_OF)}, found {found.unit!r}")
    if found.decimals is not None and not 0 <= found.decimals <= MOST_DECIMALS:
        table.report("decimals", f"at most {MOST_DECIMALS}")
    table.finish()
    return found


def _day(table: Table) -> date | None:
    found = table.raw("valid_from")
    if isinstance(found, date):
        return found
    table.report("valid_from", f"expected a day such as 2026-01-01, found {found!r}")
    return None


def _reason(table: Table) -> PackReason | None:
    key, names, source = table.key(), table.text("name").data(), table.text("source").data()
    photo, active = table.boolean("photo"), table.boolean("active", default=True)
    valid_from = _day(table)
    table.finish()
    if valid_from is None:
        return None
    return PackReason(key, photo, active, valid_from, names, source)


def _check(table: Table) -> PackCheck | None:
    key, severity = table.string("key"), table.string("severity")
    service = table.choice("service", tuple(service_names()), "")
    valid_from, source = _day(table), table.text("source").data()
    parameters = table.raw("parameters") or {}
    table.finish()
    if valid_from is None:
        return None
    try:
        rule = read_rule(key=key, severity=severity, valid_from=valid_from, parameters=parameters)
    except BadRule as refusal:
        table.report("key", str(refusal))
        return None
    return PackCheck(service, rule, source)

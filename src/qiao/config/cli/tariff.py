"""`./qiao tariff`: one bill by a tariff in a file; which files of tariffs can be expressed."""

import argparse
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiao.config.cli import tariff_survey
from qiao.config.cli.failure import CommandError, WrongWords

if TYPE_CHECKING:
    from qiao.billing.rules.tariffs.explaining import Explained, Line
    from qiao.billing.rules.tariffs.inputs import Rows
    from qiao.billing.rules.tariffs.model import Tariff

_WIDTH = 44
STARTS = {
    "first_unit": "a start of a tier is its first unit",
    "threshold": "a start of a tier is the threshold above which it begins",
}
SURCHARGES = {
    "adds": "a drought's surcharge adds to the charge of its kind",
    "replaces": "a drought's surcharge replaces the charge of its kind",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    doing = parser.add_subparsers(dest="what", required=True, metavar="bill|survey")
    bill = doing.add_parser("bill", help="reckon one bill", allow_abbrev=False)
    bill.add_argument("file", type=Path, metavar="FILE", help="an .owrs or .yaml file, or .json")
    bill.add_argument(
        "cust_class", nargs="?", default="", metavar="CLASS", help="of an .owrs or .yaml file"
    )
    options: tuple[tuple[str, dict[str, Any]], ...] = (
        ("--usage", {"metavar": "NUMBER", "help": "what was used, in the tariff's unit"}),
        ("--before", {"metavar": "NUMBER",
                      "help": "what was used earlier in the period over which tiers fill"}),
        ("--months", {"metavar": "NUMBER", "help": "how many months are billed"}),
        ("--days", {"metavar": "NUMBER", "help": "how many days are billed"}),
        ("--set", {"action": "append", "default": [], "metavar": "NAME=VALUE",
                   "help": "what else is known: meter_size=5/8\", hhsize=4; repeatable"}),
        ("--tier-start", {"choices": tuple(STARTS), "default": "first_unit",
                          "help": "how starts of tiers are read, by default as the first unit"}),
        ("--surcharge", {"choices": tuple(SURCHARGES), "default": "adds",
                         "help": "whether a drought's surcharge adds (default) or replaces"}),
    )  # fmt: skip
    for name, about in options:
        bill.add_argument(name, **about)
    survey = doing.add_parser("survey", help="which files of a folder can be expressed")
    survey.add_argument("folder", type=Path, metavar="DIR")
    for each in (bill, survey):
        each.add_argument("--json", action="store_true", help="print figures for programs")


def run(args: argparse.Namespace) -> int:
    """Reckon the bill, or tell of the files."""
    return tariff_survey.run(args) if args.what == "survey" else _bill(args)


def _bill(args: argparse.Namespace) -> int:
    from qiao.billing.rules.tariffs.explaining import explain
    from qiao.billing.rules.tariffs.inputs import CannotRate
    from qiao.billing.rules.tariffs.rating import rate

    tariff, about = _tariff(args)
    rows = _rows(args, tariff, about)
    try:
        rated = rate(tariff, rows)
    except CannotRate as refusal:
        raise WrongWords(f"{refusal} (--set NAME=VALUE)") from refusal
    told = _figures(tariff, explain(tariff, rated, 0), about)
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told)
    return 0


def _tariff(args: argparse.Namespace) -> "tuple[Tariff, dict[str, Any]]":
    """The tariff of a file, and what the file says of it."""
    if args.file.suffix.lower() == ".json":
        if args.cust_class:
            raise WrongWords(f"{args.file} holds one tariff, without classes")
        return read_own(args.file), {}
    return _of_owrs(args)


def read_own(file: Path) -> "Tariff":
    """Read a tariff from a file of JSON; its decimal numbers are taken as they are written."""
    from qiao.billing.rules.tariffs.checking import BadTariff
    from qiao.billing.rules.tariffs.reading import read_tariff

    try:
        return read_tariff(json.loads(tariff_survey.text_of(file), parse_float=Decimal))
    except (BadTariff, json.JSONDecodeError, RecursionError) as fault:
        raise CommandError(f"{file}: {fault}") from fault


def _of_owrs(args: argparse.Namespace) -> "tuple[Tariff, dict[str, Any]]":
    from qiao.billing.rules.tariffs.owrs_parts import NotExpressed
    from qiao.billing.rules.tariffs.owrs_text import read_owrs_text

    text = tariff_survey.text_of(args.file)
    try:
        found = read_owrs_text(text, start_is=args.tier_start, surcharge=args.surcharge)
    except NotExpressed as fault:
        raise CommandError(f"{args.file}: {fault}") from fault
    if args.cust_class in found.refused:
        raise CommandError(f"{args.cust_class}: {found.refused[args.cust_class]}")
    if args.cust_class not in found.tariffs:
        asked = f"{args.cust_class!r} is none of them" if args.cust_class else "one is needed"
        raise WrongWords(f"the file has the classes {', '.join(found.tariffs)}; {asked}")
    return found.tariffs[args.cust_class], {
        "utility": found.utility,
        "class": args.cust_class,
        "effective": found.effective.isoformat(),
        "months": found.months,
        "conventions": [STARTS[args.tier_start], SURCHARGES[args.surcharge]],
    }


def _rows(args: argparse.Namespace, tariff: "Tariff", about: dict[str, Any]) -> "Rows":
    """What is known of the bill; every word is asked for by the tariff."""
    from qiao.billing.rules.tariffs.inputs import Rows
    from qiao.billing.rules.tariffs.model import (
        DAYS,
        MONTHS,
        USAGE,
        labels_needed,
        numbers_needed,
    )
    from qiao.billing.rules.tariffs.owrs_parts import label

    labels, wanted = labels_needed(tariff), numbers_needed(tariff)
    given = _given(args.set)
    numbers = {USAGE: args.usage, DAYS: args.days, MONTHS: args.months or about.get("months")}
    known = {name: value for name, value in numbers.items() if value is not None}
    for name in given:
        if name not in labels and name not in wanted:
            asked = ", ".join(sorted({*labels, *wanted} - {USAGE, DAYS, MONTHS})) or "nothing else"
            raise WrongWords(f"{name}: this tariff does not ask for it; it asks for {asked}")
        if name in wanted:
            known[name] = given[name]
    before = {USAGE: _number("--before", args.before)} if args.before else {}
    chosen = {name: given[name] for name in given if name in labels}
    if about:
        chosen = {name: label(value) for name, value in chosen.items()}
    return Rows.one(chosen, {name: _number(name, each) for name, each in known.items()}, before)


def _given(words: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        name, _is, value = (part.strip() for part in word.partition("="))
        if not name or not value:
            raise WrongWords(f"--set {word}: NAME=VALUE is needed")
        if name in given:
            raise WrongWords(f"--set {word}: {name} is given twice")
        given[name] = value
    return given


def _number(name: str, written: Any) -> Decimal:
    try:
        value = Decimal(str(written))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 15:
        raise WrongWords(f"{name}: {written!r} is no decimal number")
    return value


def _figures(tariff: "Tariff", told: "Explained", about: dict[str, Any]) -> dict[str, Any]:
    return {
        **about,
        "currency": tariff.currency,
        "unit": tariff.unit,
        "components": [_component(tariff.currency, line) for line in told.lines],
        "quantities": {name: f"{value:f}" for name, value in told.quantities.items()},
        "total": _amount(tariff.currency, told.minor),
    }


def _component(currency: str, line: "Line") -> dict[str, Any]:
    return {
        "key": line.charge.key,
        "owner": line.charge.owner,
        "in_total": line.adds,
        "quantity": None if line.quantity is None else f"{line.quantity:f}",
        "price": None if line.price is None else f"{line.price:f}",
        "tiers": [
            {
                "begins": f"{step.begins:f}",
                "ends": None if step.ends is None else f"{step.ends:f}",
                "quantity": f"{step.quantity:f}",
                "price": f"{step.price:f}",
                "amount": _amount(currency, step.minor),
            }
            for step in line.steps
        ],
        "amount": _amount(currency, line.minor),
    }


def _amount(currency: str, minor: int) -> str:
    from qiao.core.rules.money import to_decimal

    return f"{to_decimal(minor, currency):f}"


def _print(told: dict[str, Any]) -> None:
    unit, currency = told["unit"], told["currency"]
    if "class" in told:
        print(f"{told['utility']}, {told['class']}, from {told['effective']}")
    for name, value in told["quantities"].items():
        print(f"  {name} = {value}")
    for line in told["components"]:
        behind = "" if line["in_total"] else " (contained)"
        print(_aligned(line["key"] + _by(line, unit), line["amount"], behind))
        for tier in line["tiers"]:
            to = "on" if tier["ends"] is None else f"to {tier['ends']}"
            by = f"{tier['quantity']} at {tier['price']} = {tier['amount']}"
            print(f"  from {tier['begins']} {to}: {by}")
    print(_aligned("total", told["total"], f" {currency}"))
    for convention in told.get("conventions", []):
        print(f"  ({convention})")


def _by(line: dict[str, Any], unit: str) -> str:
    if line["price"] is None:
        return "" if line["quantity"] is None else f": {line['quantity']} {unit}"
    return f": {line['quantity']} at {line['price']}"


def _aligned(said: str, amount: str, behind: str) -> str:
    return f"{said:<{_WIDTH}} {amount:>14}{behind}"

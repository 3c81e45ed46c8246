"""`./qiao forecast`: calls to come by interval, and how good that is on days it did not know."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiao.workforce.rules.backtest import Score
    from qiao.workforce.rules.forecast import DayForecast
    from qiao.workforce.rules.volume import History

    KindOf = Callable[[date], Any]
SCORED_DAYS = 40
WEEKEND = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE.csv",
        help="lines of a moment and its calls, plain or gzip; else the organisation's own calls",
    )  # fmt: skip
    options: tuple[tuple[str, dict[str, Any]], ...] = (
        ("--minutes", {"type": int, "choices": (5, 15, 30), "default": 0,
                       "help": "length of an interval; by default that of the file, or 30"}),
        ("--ahead", {"type": int, "default": 7, "metavar": "DAYS",
                     "help": "how many days to forecast, shown by day"}),
        ("--score", {"type": int, "default": SCORED_DAYS, "metavar": "DAYS",
                     "help": "how many of the last days are forecast one day ahead, compared"}),
        ("--region", {"choices": ("", "cn"), "default": "",
                      "help": "public holidays and moved working days of a file's country"}),
        ("--unit", {"default": "", "metavar": "CODE",
                    "help": "whose calls, without a file; by default the company's"}),
        ("--most", {"type": float, "default": 0.0, "metavar": "WAPE",
                    "help": "return 1 when the WAPE by interval is above this"}),
    )  # fmt: skip
    for name, about in options:
        parser.add_argument(name, **about)
    parser.add_argument("--json", action="store_true", help="print figures for programs")


def run(args: argparse.Namespace) -> int:
    """Train, forecast and tell how good it is. Returns 1 above `--most`."""
    if args.file:
        return _told({"": _of_file(args)}, args)
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        return _told(_of_unit(args), args)


def _of_file(args: argparse.Namespace) -> "tuple[History, KindOf]":
    from qiao.workforce.rules.volume import BadHistory
    from qiao.workforce.rules.volume_file import read_volume

    try:
        history = read_volume(args.file)
    except OSError as error:
        message = f"{args.file} cannot be read: {error.strerror or error}"
        raise CommandError(message) from error
    except BadHistory as error:
        message = f"{args.file}: {error}"
        raise CommandError(message) from error
    return _at(history, args.minutes), _kinds(history, args.region)


def _kinds(history: "History", region: str) -> "KindOf":
    """Days of a file: a day of the week on which calls usually come and none did was closed."""
    from qiao.core.rules.holidays import seed
    from qiao.workforce.rules.workdays import ordinary_week, with_days

    first, last = history.days[0], history.days[-1]
    if region:
        known = seed(first.year, last.year + 1)
        return with_days(known.holidays, known.workdays)
    open_days = set(history.days)
    every = (first + timedelta(days=n) for n in range((last - first).days))
    return ordinary_week({day for day in every if day not in open_days})


def _at(history: "History", minutes: int) -> "History":
    from qiao.workforce.rules.volume import History, coarser

    if not minutes or minutes == history.minutes:
        return history
    if minutes % history.minutes:
        message = f"the file has intervals of {history.minutes} minutes"
        raise CommandError(message)
    counts = coarser(history.counts, minutes // history.minutes)
    opens = min(history.opens, 1440 - minutes * counts.shape[1])
    return History(minutes, opens, history.days, counts)


def _of_unit(args: argparse.Namespace) -> "dict[str, tuple[History, KindOf]]":
    from django.utils import timezone

    from qiao.staff.models import Organisation
    from qiao.staff.queries import company_id, subtree_of
    from qiao.workforce.queries.calls import calls_by_queue, kinds_of_days

    try:
        unit = Organisation.objects.get(code=args.unit).pk if args.unit else company_id()
    except Organisation.DoesNotExist as error:
        message = f"there is no unit {args.unit!r}" if args.unit else "there is no company yet"
        raise CommandError(message) from error
    found = calls_by_queue(
        organisation_ids=subtree_of(unit),
        until=timezone.localdate(),
        minutes=args.minutes or 30,
    )
    kinds = kinds_of_days()
    return {each.queue: (each.history, kinds) for each in found}


def _told(histories: "dict[str, tuple[History, KindOf]]", args: argparse.Namespace) -> int:
    if not histories:
        message = "there are no calls to learn from"
        raise CommandError(message)
    worst, told = 0.0, []
    for name, (history, kinds) in histories.items():
        if name and not history.counts[-args.score :].any():
            print(f"== {name}: no calls on the last {args.score} days", file=sys.stderr)
            continue
        found, days = _worked_out(history, kinds, args)
        worst = max(worst, found.wape[history.minutes])
        told.append(_figures(name, history, found, days))
        if not args.json:
            _print(name, history, found, days)
    if args.json:
        print(json.dumps(told))
    return 1 if args.most and worst > args.most else 0


def _worked_out(
    history: "History", kinds: "KindOf", args: argparse.Namespace
) -> "tuple[Score, list[DayForecast]]":
    from qiao.workforce.rules.backtest import score
    from qiao.workforce.rules.forecast import forecast
    from qiao.workforce.rules.volume import BadHistory

    weekends = any(day.weekday() >= WEEKEND for day in history.days)
    following = (history.days[-1] + timedelta(days=n) for n in range(1, 3 * args.ahead + 8))
    days = [day for day in following if weekends or kinds(day).works][: args.ahead]
    try:
        return score(history, kinds, last=args.score), forecast(history, days, kinds)
    except BadHistory as error:
        raise CommandError(str(error)) from error


def _figures(
    name: str, history: "History", found: "Score", days: "list[DayForecast]"
) -> dict[str, Any]:
    return {
        "queue": name,
        "minutes": history.minutes,
        "known_days": len(history.days),
        "score": asdict(found),
        "forecast": [
            {"day": each.day.isoformat(), "total": each.total, "calls": each.calls.tolist()}
            for each in days
        ],
    }


def _print(name: str, history: "History", found: "Score", days: "list[DayForecast]") -> None:
    if name:
        print(f"== {name}")
    print(
        f"{len(history.days)} days with calls, {history.days[0]} to {history.days[-1]},"
        f" every {history.minutes} min"
    )
    print(
        f"One day ahead on the last {found.days} of them ({found.calls:,.0f} calls), each from the"
        " days before it alone:"
    )
    for minutes, error in found.wape.items():
        naive = found.naive[minutes]
        print(f"  WAPE of {minutes:>2} min {error:.4f}   same weekday before {naive:.4f}")
    print(f"  WAPE of days   {found.day_wape:.4f}   same weekday before {found.day_naive:.4f}")
    print(
        f"  chance alone would leave {found.chance:.4f}; inside the 80 % bounds"
        f" {found.within_80:.1%}, the 95 % bounds {found.within_95:.1%}"
    )
    for each in days:
        low, high = each.total_interval()
        print(f"  {each.day} {each.day:%a} {each.total:>9,.0f} calls  ({low:,.0f} to {high:,.0f})")

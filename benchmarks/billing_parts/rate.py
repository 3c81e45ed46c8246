"""How many bills the engine rates in a second of one processor."""

import time
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from measuring.timing import Limits, Result, result

if TYPE_CHECKING:
    from qiao.billing.rules.tariffs.inputs import Rows

BATCH = 100_000
LEAST = 50_000  # bills a second and processor
HOUSEHOLDS: dict[str, Any] = {
    "currency": "CNY", "unit": "m3", "numbers": {"people": "4"},
    "charges": [
        {"key": "water", "kind": "tiered", "period": "year", "digits": 0,
         "starts": [0, "180 + 36 * max(0, people - 4)", "260 + 52 * max(0, people - 4)"],
         "prices": ["2.00", "3.00", "6.00"]},
        {"key": "resource", "kind": "per_unit", "price": "0.20", "owner": "resource"},
        {"key": "sewage", "kind": "per_unit", "price": "0.95", "owner": "sewage"},
        {"key": "meter", "kind": "fixed", "per": "month", "amount": {
            "by": ["meter_size"], "rows": [[["15"], "2.50"], [["20"], "4"], [["25"], "8"]]}},
        {"key": "tax", "kind": "share", "of": ["water"], "rate": "0.03", "included": True},
    ],
}  # fmt: skip
"""Three tiers over the year by the people of the household, money of three owners, tax within."""


def measure(args: Namespace) -> Iterator[Result]:
    """Rate bills of households in batches, as a run does."""
    from qiao.billing.rules.tariffs.rating import rate
    from qiao.billing.rules.tariffs.reading import read_tariff

    tariff = read_tariff(HOUSEHOLDS)
    chance = np.random.default_rng(1)
    taken, busy, bills, fen = [], 0.0, 0, 0
    for start in range(0, args.accounts, BATCH):
        rows = _rows(min(BATCH, args.accounts - start), chance)
        began, spent = time.perf_counter(), time.process_time()
        rated = rate(tariff, rows)
        busy += time.process_time() - spent
        taken.append((time.perf_counter() - began) * 1000)
        bills += rows.count
        fen += int(rated.totals.sum())
    details = {"per_second": round(bills / busy), "bills": bills, "fen": fen}
    yield result("rate", taken, [], Limits(least={"per_second": LEAST}), details)


def _rows(count: int, chance: np.random.Generator) -> "Rows":
    from qiao.billing.rules.tariffs.exact import Exact
    from qiao.billing.rules.tariffs.inputs import Labels, Rows

    sizes = chance.choice(3, count, p=[0.9, 0.08, 0.02])
    return Rows(
        count,
        {"meter_size": Labels(sizes, ("15", "20", "25"))},
        {
            "usage": Exact(chance.gamma(2.0, 12_000, count).astype(np.int64), 1000),
            "people": Exact(chance.integers(1, 8, count)),
            "months": Exact(np.full(count, 2)),
        },
        {"usage": Exact(chance.integers(0, 300_000, count), 1000)},
    )

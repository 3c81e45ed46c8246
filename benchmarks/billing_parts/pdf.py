"""How long it takes to write bills as PDF, from the ledger to the file."""

import os
import shutil
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from measuring.databases import connected_to, set_up, work_on
from measuring.timing import Limits, Result, result

from billing_parts import world

A_BILL = 18.0  # milliseconds: ten thousand in three minutes


def measure(args: Namespace) -> Iterator[Result]:
    """Write the newest bills as files of a hundred, as `./qiao bill pdf` does."""
    name = world.ensure(args.bills)
    work_on(name)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    with connected_to(name):  # an earlier part worked on another one
        yield _written(args.bills)


def _written(bills: int) -> Result:
    from qiao.billing.models import Bill
    from qiao.billing.paper.batch import Written, batches_of, write_batches

    rows = Bill.objects.filter(state="issued").order_by("-pk").values_list("pk", "number")
    batches = batches_of(sorted(rows[:bills]), each=False)
    folder = Path(tempfile.mkdtemp(prefix="qiao-bills-"))
    taken: list[float] = []
    last = [(time.perf_counter(), 0)]

    def note(written: Written) -> None:
        before, count = last[0]
        last[0] = (time.perf_counter(), written.made)
        taken.append((last[0][0] - before) * 1000 / max(1, written.made - count))

    try:
        began = time.perf_counter()
        written = write_batches(batches, folder, progress=note)
        seconds = time.perf_counter() - began
        again = write_batches(batches, folder)
        size = sum(file.stat().st_size for file in folder.glob("*.pdf"))
    finally:
        shutil.rmtree(folder)
    details = {
        "bills": written.made,
        "seconds": round(seconds, 1),
        "a_bill_ms": round(seconds * 1000 / max(1, written.made), 2),
        "bytes_a_bill": size // max(1, written.made),
        "made_again": again.made,
    }
    limits = Limits(most={"a_bill_ms": A_BILL, "made_again": 0})
    return result("pdf", taken, [], limits, details)

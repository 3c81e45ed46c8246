"""Played traffic beside the theory of queues: Erlang C where callers wait, Erlang A where not."""

from argparse import Namespace
from collections.abc import Iterator

from measuring.databases import set_up
from measuring.timing import Limits, Result, result


def measure(args: Namespace) -> Iterator[Result]:
    """Each figure with its limits of 99 in 100; one that the theory lies outside of is broken."""
    del args
    set_up()
    from qiao.telephony.tests.traffic import CASES

    for case in CASES:
        for each in case.play():
            details = {
                "found": round(each.found, 4), "half": round(each.half, 4),
                "theory": each.theory, "off": round(abs(each.found - each.theory), 4),
            }  # fmt: skip
            limits = Limits(most={"off": round(each.half, 4)})
            yield result(f"erlang {case}: {each.name}", [0.0], [], limits, details)

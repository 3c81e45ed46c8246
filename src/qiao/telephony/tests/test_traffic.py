"""Played traffic agrees with the theory of queues: what the desk does is what Erlang counted.

The whole table is played with `./qiao test --slow` and `./qiao bench acd --only erlang`; every run
of the tests plays a day of it.
"""

from dataclasses import replace

import pytest

from qiao.telephony.tests.traffic import CASES, Case

FEW = 4_000  # calls: twenty hours of them


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_played_traffic_agrees_with_erlang(case: Case) -> None:
    assert [found for found in case.play() if not found.agrees] == []


@pytest.mark.parametrize(("case", "other"), [(CASES[2], CASES[0]), (CASES[3], CASES[0])], ids=str)
def test_a_day_of_played_traffic_agrees_with_its_own_table_and_with_no_other(
    case: Case, other: Case
) -> None:
    """So the limits are narrow enough to find a wrong decision of the router."""
    figures = (*case.figures, *other.figures)
    found = replace(case, calls=FEW, figures=figures).play()
    own, wrong = found[: len(case.figures)], found[len(case.figures) :]
    assert [each for each in own if not each.agrees] == []
    assert [each for each in wrong if not each.agrees]

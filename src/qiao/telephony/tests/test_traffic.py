"""Played traffic agrees with the theory of queues: what the desk does is what Erlang counted."""

import pytest

from qiao.telephony.tests.traffic import CASES, Case

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", CASES, ids=str)
def test_played_traffic_agrees_with_erlang(case: Case) -> None:
    assert [found for found in case.play() if not found.agrees] == []

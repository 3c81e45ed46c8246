"""The folded clocks of one case."""

from qiao.cases.journal import kept_clocks
from qiao.cases.rules.clock_state import ClockState


def clock_state(case_id: int) -> ClockState:
    """The clocks as they are kept, counted from the history where nothing is kept yet. The caller
    has made sure that the case may be seen."""
    return kept_clocks([case_id])[case_id].state

"""The folded clocks of one case."""

from qiao.cases.journal import recount
from qiao.cases.models import ClockRecord
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.rules.clock_state import ClockState


def clock_state(case_id: int) -> ClockState:
    """The clocks as they are kept, counted from the history where nothing is kept yet. The caller
    has made sure that the case may be seen."""
    kept = ClockRecord.objects.filter(case=case_id).values_list("state", flat=True).first()
    return state_from_data(kept) if kept else recount(case_id)

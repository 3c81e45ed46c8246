"""What addresses of calls say, read into filters and choices."""

from qiao.telephony.forms.call_lists import CallListForm, LaterForm
from qiao.telephony.forms.filters import CALL_FILTERS, read_filters
from qiao.telephony.forms.living import RaiseForm
from qiao.telephony.forms.periods import PERIODS, LevelChoice, read_level_choice, read_stood

__all__ = [
    "CALL_FILTERS",
    "PERIODS",
    "CallListForm",
    "LaterForm",
    "LevelChoice",
    "RaiseForm",
    "read_filters",
    "read_level_choice",
    "read_stood",
]

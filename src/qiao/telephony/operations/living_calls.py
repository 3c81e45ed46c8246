"""The calls of a switch that have not ended, as its controller knows them."""

from collections.abc import Sequence
from datetime import datetime

from qiao.telephony.models import Call as Row
from qiao.telephony.operations.callers import NOBODY, Caller
from qiao.telephony.operations.calls_at_hand import Known
from qiao.telephony.rules.calls import CALLING, Call
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.switch import Signal


class LivingCalls(dict[int, Known]):
    """Calls by their id, and by the channel of their caller."""

    def __init__(self) -> None:
        super().__init__()
        self._channels: dict[str, int] = {}

    def know(self, row: Row, call: Call, terms: Terms, caller: Caller = NOBODY) -> None:
        """A call lives, or stands otherwise than before."""
        self[row.pk] = Known(row, call, terms, caller)
        self._channels[row.channel] = row.pk

    def forget(self, call_id: int) -> None:
        """Nothing more is told of a call."""
        self._channels.pop(self.pop(call_id).row.channel, None)

    def clear(self) -> None:
        """Forget all of them."""
        super().clear()
        self._channels.clear()

    def comes_from(self, channel: str) -> bool:
        """Whether a call of this caller's channel lives."""
        return channel in self._channels

    def named_by(self, signal: Signal) -> int | None:
        """Whose call a signal tells of: callers' channels are known, all other names carry its
        id."""
        for each in ("channel", "playback", "recording"):
            name = str(getattr(signal, each, ""))
            if name in self._channels:
                return self._channels[name]
            call, dash, _rest = name[1:].partition("-")
            if name.startswith("q") and dash and call.isdigit():
                return int(call)
        return None

    def dialled_for_too_long(self, before: datetime) -> Sequence[int]:
        """Calls out whose ringing was to end before a moment."""
        calling = (each.call for each in self.values() if each.call.phase in CALLING)
        return [each.call_id for each in calling if each.out and each.out.due_at < before]

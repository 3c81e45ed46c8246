"""The log of a call, folded again."""

from collections.abc import Collection
from typing import Final

from qiao.core.rows import Reading
from qiao.telephony.models import CallEntry
from qiao.telephony.rules.call_log import apply
from qiao.telephony.rules.calls import Call, Entry

_OF_CALLS: Final = Reading(
    CallEntry, where="t.call_id = ANY(%(calls)s::bigint[])", order="t.call_id, t.seq"
)


def histories(call_ids: Collection[int]) -> dict[int, Call]:
    """Calls by id, each folded from its whole log."""
    found = {call_id: Call(call_id) for call_id in call_ids}
    for row in _OF_CALLS.all(calls=list(call_ids)):
        found[row.call_id] = apply(found[row.call_id], Entry(row.kind, row.at, row.data))
    return found

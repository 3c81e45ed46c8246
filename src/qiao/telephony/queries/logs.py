"""The log of a call, folded again."""

from collections.abc import Collection

from qiao.telephony.models import CallEntry
from qiao.telephony.rules.call_log import apply
from qiao.telephony.rules.calls import Call, Entry


def histories(call_ids: Collection[int]) -> dict[int, Call]:
    """Calls by id, each folded from its whole log."""
    found = {call_id: Call(call_id) for call_id in call_ids}
    for row in CallEntry.objects.filter(call_id__in=call_ids).order_by("call_id", "seq"):
        found[row.call_id] = apply(found[row.call_id], Entry(row.kind, row.at, row.data))
    return found

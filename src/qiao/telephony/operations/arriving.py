"""A call comes in: its row, and who may be calling."""

from datetime import datetime

from qiao.core.rows import write_new
from qiao.core.rules import phones
from qiao.staff.queries import company_id
from qiao.telephony.models import Call
from qiao.telephony.operations.callers import Caller, caller_of
from qiao.telephony.operations.calls_at_hand import line_of
from qiao.telephony.rules import switch


def arrived(signal: switch.Arrived, now: datetime) -> tuple[Call, Caller]:
    """The row of a call that came in, of the unit whose line was dialled."""
    line = line_of(signal.dialled)
    unit = line.organisation_id if line else company_id()
    phone = phones.try_normalise(signal.caller) or ""
    caller = caller_of(phone=phone, organisation_id=unit, now=now)
    row = Call(
        organisation_id=unit,
        line=line,
        channel=signal.channel,
        caller=signal.caller,
        phone=phone,
        customer_id=caller.customer_id,
        dialled=signal.dialled,
        arrived_at=signal.at,
    )
    write_new(row)
    return row, caller

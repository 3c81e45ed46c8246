"""To whom bills are addressed: the payer of the day on which each was issued."""

from collections.abc import Sequence

from qiao.billing.models import Bill
from qiao.customers.queries import Addressee, addressees_of


def addressees_of_bills(bills: Sequence[Bill]) -> list[Addressee]:
    """Whom bills are addressed to, in their order: who pays on the day of issue, else who has the
    supply; bills of who has left since go to them. One statement."""
    return addressees_of(
        [(bill.account_id, bill.last_day) for bill in bills],
        sent=[bill.issued_date for bill in bills],
    )


def addressee_of(bill_id: int) -> Addressee:
    """Whom a bill is addressed to; the caller has checked the right to it."""
    return addressees_of_bills([Bill.objects.get(pk=bill_id)])[0]

"""The page of a bill that its customer opens without signing in, by an address nobody can guess.

The address names the bill and is signed: nothing is kept of it, and every paper and message may
repeat it.
"""

from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from qiao.billing.models import Bill
from qiao.core.public_address import public_origin
from qiao.core.rules.ids import read_id
from qiao.core.rules.links import TOKEN_BITS, hash_of, token_from

SALT: Final = "qiao.billing.public"
OPEN_FOR: Final = timedelta(days=400)
"""A page is open for a year and some days, so that the bill of the season before is still read."""


def token_of(bill_id: int) -> str:
    """What stands in the address of a bill's page: its id, and the signature."""
    digest = salted_hmac(SALT, str(bill_id), algorithm="sha256").digest()
    return f"{bill_id}-{token_from(int.from_bytes(digest[: TOKEN_BITS // 8], 'big'))}"


def page_of(bill_id: int) -> str:
    """The whole address; empty where the installation does not know how it is reached."""
    origin = public_origin()
    return origin + reverse("portal:bill", args=[token_of(bill_id)]) if origin else ""


def bill_of_token(token: str, *, today: date) -> Bill | None:
    """The bill of an address, as typed from paper too; None for one that is wrong or ran out."""
    number, _dash, _signature = token.partition("-")
    bill_id = read_id(number)
    if bill_id is None or not constant_time_compare(hash_of(token), hash_of(token_of(bill_id))):
        return None
    return Bill.objects.filter(pk=bill_id, issued_date__gt=today - OPEN_FOR).first()

"""Identity numbers: how they are found and opened."""

from qiao.core import crypto
from qiao.customers.models import CustomerIdentity

_TABLE = "customers_customeridentity"


def sealing_context(customer_id: int) -> bytes:
    """What a ciphertext is bound to: a copy in another customer's row does not open."""
    return crypto.field_context(_TABLE, "ciphertext", customer_id)


def blind_indexes(number: str) -> tuple[bytes, ...]:
    """By which bytes an identity number in its normal form is found, the current key's first."""
    context = crypto.field_context(_TABLE, "blind_index")
    return crypto.default_ring().blind_indexes(number, context=context)


def opened(row: CustomerIdentity) -> str:
    """The number in clear. Callers record the disclosure.

    Raises `qiao.core.crypto.WrongKey`.
    """
    context = sealing_context(row.customer_id)
    return crypto.default_ring().decrypt(row.ciphertext, context=context)

"""Personal links: tokens that people can type from a letter, and what is kept of them."""

import hashlib
from typing import Final

SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no sign looks like another, for whoever types it from a letter."""
TOKEN_BITS: Final = 80
LENGTH: Final = 16
GROUP: Final = 4
_ALIKE: Final = str.maketrans("oil", "011")


def token_from(number: int) -> str:
    """A token in four groups of four signs from a number of `TOKEN_BITS` bits."""
    signs = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    whole = "".join(signs)
    return "-".join(whole[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def hash_of(token: str) -> str:
    """What is kept of a token: hyphens, capitals and signs that look alike make no difference."""
    plain = token.lower().replace("-", "").translate(_ALIKE)
    return hashlib.sha256(plain.encode()).hexdigest()

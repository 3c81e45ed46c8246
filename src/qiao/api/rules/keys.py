"""Keys of programs: how they are made, written, taken apart and compared.

A key reads ``qiao_<id>_<secret>``: the id (12 signs) finds the row, the secret carries 256 random
bits. Only the secret's SHA-256 is kept: nothing slower is needed, since nobody can try 2^256.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

PREFIX: Final = "qiao"
ID_SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is mistaken for another
ID_LENGTH: Final = 12
SECRET_BYTES: Final = 32
_FORM: Final = re.compile(rf"{PREFIX}_([{ID_SIGNS}]{{{ID_LENGTH}}})_([A-Za-z0-9_-]{{43}})")


class Secret(NamedTuple):
    """A key in clear: shown once, never kept."""

    public_id: str
    secret: str

    @property
    def text(self) -> str:
        """As a program sends it."""
        return f"{PREFIX}_{self.public_id}_{self.secret}"

    @property
    def digest(self) -> bytes:
        """What is kept of it: 32 bytes."""
        return hashlib.sha256(self.secret.encode()).digest()


def new_public_id() -> str:
    """The part of a new key that finds its row: 59 random bits."""
    return "".join(secrets.choice(ID_SIGNS) for _ in range(ID_LENGTH))


def new_secret(public_id: str) -> Secret:
    """A new secret for a key."""
    return Secret(public_id, secrets.token_urlsafe(SECRET_BYTES))


def read_key(text: str) -> Secret | None:
    """Take a written key apart; None for what is none."""
    found = _FORM.fullmatch(text)
    return Secret(found[1], found[2]) if found else None


def matches(given: Secret, kept: Iterable[bytes]) -> bool:
    """Whether one of the kept digests is that of the given secret, in constant time for each."""
    digest = given.digest
    found = False
    for each in kept:  # all of them, whichever it is
        found |= hmac.compare_digest(digest, bytes(each))
    return found

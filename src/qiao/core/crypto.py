"""Encryption of single fields: AES-256-GCM with context, versioned keys, and blind indexes.

For identity and bank numbers only. A ciphertext is bound to its context (table, column, owner),
so that a value copied into another row or column does not open. Equal values are found through a
blind index: HMAC-SHA256 under a key of its own. Both keys are derived from the secret by
HKDF-SHA256 (RFC 5869), so neither tells anything about the other.

Stored bytes: `v1:` + 12 random bytes + ciphertext + 16 bytes of tag. The version names the secret;
rotation adds a version, `reencrypt` moves rows, and the old secret is dropped when none is left.
A thing that cannot be opened raises; nothing is ever handed back as it is stored.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import lru_cache
from re import compile as pattern

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ENVIRONMENT_KEY = "QIAO_FIELD_KEY"

_SECRET_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_STORED = pattern(rb"v([1-9][0-9]{0,3}):")
_NAMED_SECRET = pattern(r"v([1-9][0-9]{0,3}):(.*)")
_SALT = b"qiao.core.crypto"


class BadKey(ValueError):  # noqa: N818 - a refusal, not a fault
    """The secret of the environment is missing or malformed; the message never holds it."""


class WrongKey(ValueError):  # noqa: N818 - a refusal, not a fault
    """Stored bytes that do not open.

    `reason`: `malformed`, `unknown-version`, or `refused` (another secret or context, or
    tampering; the cipher cannot tell them apart).
    """

    def __init__(self, reason: str, version: int | None = None) -> None:
        super().__init__(f"the stored value does not open: {reason} (key version {version})")
        self.reason = reason
        self.version = version


class KeyRing:
    """Secrets by version; new values use the highest.

    Args:
        secrets: 32 random bytes by version number, from 1 on.

    Raises:
        BadKey: no secret, one of another length, or a version out of 1..9999.
    """

    def __init__(self, secrets: Mapping[int, bytes]) -> None:
        if not secrets:
            raise BadKey("a key ring needs at least one secret")
        for version, secret in secrets.items():
            if not 1 <= version <= 9999 or len(secret) != _SECRET_BYTES:
                raise BadKey(f"key version {version}: {_SECRET_BYTES} bytes needed")
        self.current = max(secrets)
        self.versions = tuple(sorted(secrets, reverse=True))
        self._ciphers = {v: AESGCM(_derive(s, b"encryption")) for v, s in secrets.items()}
        self._index_keys = {v: _derive(s, b"blind index") for v, s in secrets.items()}

    def __repr__(self) -> str:
        return f"<KeyRing versions {self.versions}>"

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """Read secrets as configured: base64 of 32 bytes, or `v2:base64,v1:base64` in rotation.

        Raises:
            BadKey: naming the part that is wrong.
        """
        secrets: dict[int, bytes] = {}
        for place, part in enumerate(text.replace("\n", ",").split(","), start=1):
            if not part.strip():
                continue
            named = _NAMED_SECRET.fullmatch(part.strip())
            version, encoded = (int(named[1]), named[2]) if named else (1, part.strip())
            if version in secrets:
                raise BadKey(f"part {place}: key version {version} is given twice")
            secrets[version] = _decode(encoded, place)
        return cls(secrets)

    def encrypt(self, value: str, *, context: bytes) -> bytes:
        """Encrypt a text for its context under the current version; see `field_context`."""
        nonce = os.urandom(_NONCE_BYTES)
        head = b"v%d:" % self.current
        sealed = self._ciphers[self.current].encrypt(nonce, value.encode(), head + context)
        return head + nonce + sealed

    def decrypt(self, stored: bytes | memoryview, *, context: bytes) -> str:
        """Open what `encrypt` made for the same context.

        Raises:
            WrongKey: anything else; with the reason.
        """
        stored = bytes(stored)
        version = version_of(stored)
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise WrongKey("unknown-version", version)
        head, _, body = stored.partition(b":")
        nonce, sealed = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, sealed, head + b":" + context).decode()
        except InvalidTag:
            raise WrongKey("refused", version) from None

    def is_current(self, stored: bytes | memoryview) -> bool:
        """Say whether stored bytes use the current version, so need no `reencrypt`.

        Raises:
            WrongKey: the bytes are malformed.
        """
        return version_of(bytes(stored)) == self.current

    def reencrypt(self, stored: bytes | memoryview, *, context: bytes) -> bytes:
        """Open stored bytes and encrypt them under the current version.

        Raises:
            WrongKey: they do not open.
        """
        return self.encrypt(self.decrypt(stored, context=context), context=context)

    def blind_index(self, value: str, *, context: bytes) -> bytes:
        """Compute the bytes by which equal values are found, under the current version.

        Equal value and context give equal bytes; leave the owner out of the context to find a
        value across owners. The caller brings the value to its one form first.
        """
        return self._index(value, context, self.current)

    def blind_indexes(self, value: str, *, context: bytes) -> tuple[bytes, ...]:
        """Compute the index under every version, the current first: what a search must try."""
        return tuple(self._index(value, context, version) for version in self.versions)

    def _index(self, value: str, context: bytes, version: int) -> bytes:
        message = len(context).to_bytes(4, "big") + context + value.encode()
        digest = hmac.new(self._index_keys[version], message, hashlib.sha256).digest()
        return b"v%d:" % version + digest


def field_context(table: str, column: str, *owner: int | str) -> bytes:
    """Build the context of a value: table, column and what it belongs to (organisation, row).

    Parts are length-prefixed, so that no two lists of parts give the same bytes.
    """
    parts = [str(part).encode() for part in (table, column, *owner)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def version_of(stored: bytes) -> int:
    """Read the key version of stored bytes.

    Raises:
        WrongKey: they do not have the form that `KeyRing.encrypt` gives.
    """
    head = _STORED.match(stored)
    if head is None or len(stored) < head.end() + _NONCE_BYTES + _TAG_BYTES:
        raise WrongKey("malformed")
    return int(head[1])


def default_ring() -> KeyRing:
    """Return the ring of the environment variable `QIAO_FIELD_KEY`, read when first needed.

    Raises:
        BadKey: the variable is missing or malformed.
    """
    text = os.environ.get(ENVIRONMENT_KEY, "")
    if not text.strip():
        raise BadKey(f"{ENVIRONMENT_KEY} is not set")
    return _ring_of(text)


def new_secret() -> str:
    """Return a fresh secret as it is configured: base64 of 32 random bytes."""
    return base64.b64encode(os.urandom(_SECRET_BYTES)).decode()


@lru_cache(maxsize=4)
def _ring_of(text: str) -> KeyRing:
    return KeyRing.from_text(text)


def _decode(encoded: str, place: int) -> bytes:
    standard = encoded.strip().replace("-", "+").replace("_", "/")
    try:
        secret = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKey(f"part {place}: not base64") from None
    if len(secret) != _SECRET_BYTES:
        raise BadKey(f"part {place}: {_SECRET_BYTES} bytes needed, {len(secret)} given")
    return secret


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=_SALT, info=purpose).derive(secret)

"""Encryption of single fields, for identity and bank numbers only, with a blind index.

AES-256-GCM (NIST SP 800-38D) with a fresh nonce of 96 bits; the field's name is bound in as
associated data, so that a ciphertext cannot be moved into another column. The blind index is
HMAC-SHA-256 of the plain text, cut to 128 bits: equal texts are found, nothing else is told. Both
keys come from ``QIAO_FIELD_KEY`` by HKDF (RFC 5869).
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
INDEX_BYTES = 16


class FieldKeyMissing(Exception):  # noqa: N818 - names the finding
    """``QIAO_FIELD_KEY`` is not 32 bytes in base64."""


class CannotDecrypt(Exception):  # noqa: N818 - names the finding
    """The key is another one, the field is another one, or the bytes were changed."""


@cache
def _key(secret: str, purpose: bytes) -> bytes:
    try:
        master = base64.b64decode(secret, validate=True)
    except binascii.Error as error:
        raise FieldKeyMissing("QIAO_FIELD_KEY must be base64") from error
    if len(master) != KEY_BYTES:
        raise FieldKeyMissing(f"QIAO_FIELD_KEY must hold {KEY_BYTES} bytes")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)


def encrypt(text: str, *, field: str) -> bytes:
    """The ciphertext of `text` for the column named `field` (``customers.identity.id_card``).

    Raises `FieldKeyMissing`.
    """
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(_key(settings.QIAO_FIELD_KEY, b"qiao field encryption"))
    return VERSION + nonce + cipher.encrypt(nonce, text.encode(), VERSION + field.encode())


def decrypt(ciphertext: bytes, *, field: str) -> str:
    """The text again. Raises `CannotDecrypt` rather than ever answering something else."""
    data = bytes(ciphertext)
    if data[:1] != VERSION:
        raise CannotDecrypt(field)
    cipher = AESGCM(_key(settings.QIAO_FIELD_KEY, b"qiao field encryption"))
    nonce, body = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, VERSION + field.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(field) from error


def blind_index(text: str, *, field: str) -> bytes:
    """Sixteen bytes that are equal for equal texts of one field, and tell nothing more.

    The caller brings the text into its one normal form first.
    """
    key = _key(settings.QIAO_FIELD_KEY, b"qiao blind index")
    message = field.encode() + b"\x00" + text.encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:INDEX_BYTES]

"""Signatures of webhooks by the Standard Webhooks specification (standardwebhooks.com, v1).

Signed is ``<webhook-id>.<webhook-timestamp>.<body>`` with HMAC-SHA256; the secret is written
``whsec_`` and base64. During a change of secrets both sign, separated by a space.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32  # the specification asks for 24 to 64


def new_webhook_secret() -> str:
    """A new secret as the receiver is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature: ``v1,`` and base64. `timestamp` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(
    *, signing: Iterable[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers of a message, signed with every secret that is in force."""
    signatures = [
        signature(secret=secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in signing
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }

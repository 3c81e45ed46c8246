"""Two machines must never write to each other for ever.

Sources: RFC 3834 (Auto-Submitted), RFC 2076 (Precedence), RFC 5321 4.5.5 (empty return path),
Microsoft MS-OXCMAIL 2.1.3.2 (X-Auto-Response-Suppress).
"""

from collections.abc import Mapping
from typing import Final

BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
MARKS: Final = frozenset({"list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"})
MACHINES: Final = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "do-not-reply@")


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Whether a machine wrote this e-mail: no automatic answer may go to it."""
    told = {name.lower(): value.strip().lower() for name, value in headers.items()}
    if told.get("auto-submitted", "no").split(";")[0].strip() != "no":
        return True
    if told.get("precedence") in BULK or MARKS & told.keys():
        return True
    if told.get("x-auto-response-suppress", "none") not in ("none", ""):
        return True
    if told.get("return-path") == "<>":
        return True
    sender = told.get("from", "")
    return any(name in sender for name in MACHINES)

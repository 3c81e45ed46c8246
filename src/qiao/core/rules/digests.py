"""Fingerprints of plain data."""

import json
from hashlib import sha256
from typing import Any


def digest_of_data(data: Any) -> str:
    """A fingerprint of what JSON holds, 64 signs of hexadecimal; days and moments count as they
    are written. The order of keys makes no difference. Fingerprints are kept for years: the same
    data has the same one in every version of the program."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()

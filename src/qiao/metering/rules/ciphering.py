"""Frames of meters taken out of what protects them (IEC 62056-5-3: general-glo-ciphering).

AES-GCM as the standard's security suites 0 to 2 use it: what is only encrypted anybody could
change, so it is refused. What protects a frame otherwise is told by its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from qiao.metering.rules.axdr import BadFrame, Reader

GLOBAL: Final = 0xDB
OTHERS: Final[Mapping[int, str]] = {
    0xDC: "general-ded-ciphering",
    0xDD: "general-ciphering",
    0xDF: "general-signing",
    0xE0: "general-block-transfer",
}
HDLC: Final = 0x7E
ANY: Final = "*"
_WRAPPER: Final = b"\x00\x01"
_WRAPPER_BYTES: Final = 8
_KEY_BYTES: Final[Mapping[int, int]] = {0: 16, 1: 16, 2: 32}
_TITLE_BYTES: Final = 8
_TAG_BYTES: Final = 12
_AUTHENTICATED, _ENCRYPTED, _BROADCAST, _COMPRESSED = 0x10, 0x20, 0x40, 0x80


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a meter: the one that encrypts, and the one that authenticates."""

    encryption: bytes
    authentication: bytes


KeysOf = Callable[[str], Keys | None]
"""The keys of a meter, by its system title (16 hexadecimal digits, large) or its number."""


def read_keys(text: str) -> dict[str, Keys]:
    """Keys out of the lines of a file: system title or number of the meter (``*`` for all others),
    encryption key, authentication key, hexadecimal, with commas between.

    Raises `ValueError` with the number of the line, never with a key.
    """
    found: dict[str, Keys] = {}
    for number, row in enumerate(text.splitlines(), 1):
        words = [word.strip() for word in row.split("#", 1)[0].split(",")]
        if words == [""]:
            continue
        try:
            name, encryption, authentication = words
            keys = Keys(bytes.fromhex(encryption), bytes.fromhex(authentication))
        except ValueError:
            raise ValueError(number) from None
        sizes = {len(keys.encryption), len(keys.authentication)}
        if not name or len(sizes) != 1 or sizes - set(_KEY_BYTES.values()):
            raise ValueError(number)
        found[name.upper()] = keys
    return found


def open_frame(data: bytes, keys_of: KeysOf, *, meter: str = "") -> bytes:
    """The plain frame within bytes; `meter` is the number by which its keys are looked for where
    none are kept by its system title. Raises `BadFrame`."""
    frame = _unwrapped(data)
    if not frame:
        raise BadFrame("short", "byte 0")
    if frame[0] == HDLC:
        raise BadFrame("hdlc")
    if frame[0] in OTHERS:
        raise BadFrame("ciphering", OTHERS[frame[0]])
    if frame[0] != GLOBAL:
        return frame
    reader = Reader(frame[1:])
    title, content = reader.octets(), reader.octets()
    if reader.left:
        raise BadFrame("long", f"{reader.left} bytes")
    if len(title) != _TITLE_BYTES:
        raise BadFrame("ciphering", "system title")
    name = title.hex().upper()
    keys = keys_of(name) or (keys_of(meter) if meter else None) or keys_of(ANY)
    if keys is None:
        raise BadFrame("encrypted", name)
    return _opened(title, content, keys)


def _unwrapped(data: bytes) -> bytes:
    """Without the wrapper by which frames go over TCP and UDP."""
    if len(data) > _WRAPPER_BYTES and data[:2] == _WRAPPER:
        size = int.from_bytes(data[6:8], "big")
        if size == len(data) - _WRAPPER_BYTES:
            return data[_WRAPPER_BYTES:]
    return data


def _opened(title: bytes, content: bytes, keys: Keys) -> bytes:
    reader = Reader(content)
    control, counter = reader.byte(), reader.take(4)
    body = reader.take(reader.left)
    suite = control & 0x0F
    if control & (_COMPRESSED | _BROADCAST):
        raise BadFrame("ciphering", f"security control {control:02X}")
    if not control & _AUTHENTICATED or len(body) < _TAG_BYTES:
        raise BadFrame("unauthenticated")
    if _KEY_BYTES.get(suite) != len(keys.encryption):
        raise BadFrame("key", f"suite {suite}")
    body, tag = body[:-_TAG_BYTES], body[-_TAG_BYTES:]
    mode = modes.GCM(title + counter, tag, min_tag_length=_TAG_BYTES)
    opening = Cipher(algorithms.AES(keys.encryption), mode).decryptor()
    about = bytes([control]) + keys.authentication
    is_encrypted = bool(control & _ENCRYPTED)
    opening.authenticate_additional_data(about if is_encrypted else about + body)
    try:
        plain = opening.update(body if is_encrypted else b"") + opening.finalize()
    except InvalidTag:
        raise BadFrame("key", title.hex().upper()) from None
    return plain if is_encrypted else body

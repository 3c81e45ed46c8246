"""Frames as meters push them, written by another implementation of DLMS/COSEM (dlms-cosem)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dlms_cosem import dlms_data as d
from dlms_cosem.cosem import Obis
from dlms_cosem.protocol.xdlms.data_notification import DataNotification, LongInvokeIdAndPriority
from dlms_cosem.protocol.xdlms.general_global_cipher import GeneralGlobalCipher
from dlms_cosem.security import SecurityControlField, encrypt
from dlms_cosem.time import ClockStatus, datetime_to_bytes

CLOCK, METER, TOTAL, USE = "0-0:1.0.0.255", "0-0:96.1.0.255", "1-0:1.8.0.255", "1-0:1.29.0.255"
PROFILE = "1-0:99.1.0.255"
WH = (0, 30)
TITLE = bytes.fromhex("4D4D4D0000BC614E")  # of the example of the Green Book
ENCRYPTION = bytes.fromhex("000102030405060708090A0B0C0D0E0F")
AUTHENTICATION = bytes.fromhex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")
Item = tuple[int, str, int, Any]
"""What is pushed: class, code, attribute, value."""


def octets(data: bytes) -> Any:
    """An octet string."""
    return d.OctetStringData(data)


def moment(at: datetime, *, status: ClockStatus | None = None) -> Any:
    """A clock, as an octet string of twelve bytes."""
    return octets(datetime_to_bytes(at, status))


def scaled(scaler: int, unit: int) -> Any:
    """The scaler and unit of a register."""
    return d.DataStructure([d.IntegerData(scaler), d.EnumData(unit)])


def number(value: int) -> Any:
    """What stands on a register, in 32 bits."""
    return d.DoubleLongUnsignedData(value)


def _code(code: str) -> bytes:
    return bytes(Obis.from_string(code).to_bytes())


def described(items: Sequence[Item]) -> bytes:
    """A push with the list of what is pushed before it."""
    listed = d.DataArray(
        [
            d.DataStructure(
                [d.UnsignedLongData(kind), octets(_code(code)), d.IntegerData(attribute),
                 d.UnsignedLongData(0)]
            )
            for kind, code, attribute, _value in items
        ]
    )  # fmt: skip
    return notification(d.DataStructure([listed, *(item[3] for item in items)]))


def listed(rows: Sequence[tuple[str, Any, tuple[int, int] | None]]) -> bytes:
    """A push of rows: code, value, scaler and unit."""
    return notification(
        d.DataArray(
            [
                d.DataStructure([octets(_code(code)), value, *([scaled(*told)] if told else [])])
                for code, value, told in rows
            ]
        )
    )


def notification(body: Any, at: datetime | None = None) -> bytes:
    """The frame around a body."""
    invoke = LongInvokeIdAndPriority(long_invoke_id=7)
    return bytes(DataNotification(invoke, at, body.to_bytes()).to_bytes())


def profile(
    columns: Sequence[tuple[int, str, int]], entries: Sequence[Sequence[Any]], *, seconds: int,
    meter: str = "", scalers: Sequence[tuple[str, tuple[int, int]]] = (),
) -> bytes:  # fmt: skip
    """A push of a profile with its columns, its period and the scalers of its registers."""
    captured = d.DataArray(
        [
            d.DataStructure(
                [d.UnsignedLongData(kind), octets(_code(code)), d.IntegerData(attribute),
                 d.UnsignedLongData(0)]
            )
            for kind, code, attribute in columns
        ]
    )  # fmt: skip
    buffer = d.DataArray([d.DataStructure(list(entry)) for entry in entries])
    items: list[Item] = [
        (7, PROFILE, 3, captured),
        (7, PROFILE, 4, number(seconds)),
        (7, PROFILE, 2, buffer),
        *((3, code, 3, scaled(*told)) for code, told in scalers),
    ]
    if meter:
        items.append((1, METER, 2, octets(meter.encode())))
    return described(items)


def ciphered(
    frame: bytes, *, counter: int = 1, key: bytes = ENCRYPTION, title: bytes = TITLE
) -> bytes:
    """A frame encrypted and authenticated by the meter's keys."""
    control = SecurityControlField(security_suite=0, authenticated=True, encrypted=True)
    text = encrypt(control, title, counter, key, frame, AUTHENTICATION)
    inner = control.to_bytes() + counter.to_bytes(4, "big") + text
    if len(inner) < 128:
        return bytes(GeneralGlobalCipher(title, control, counter, text).to_bytes())
    # That implementation writes lengths of one byte only.
    size = d.encode_variable_integer(len(inner))
    return b"".join([bytes([219, len(title)]), title, size, inner])

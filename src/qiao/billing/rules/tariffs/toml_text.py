"""A tariff as text that people edit, and read from it again: TOML, as packs have it."""

import json
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.writing import rewritten

LONGEST: Final = 200_000
_FIGURES: Final = frozenset({"starts", "prices", "price", "amount", "rate", "value"})
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDE: Final = 96


def write_text(data: Mapping[str, Any]) -> str:
    """The text of a tariff's data; `read_text` of it gives the same tariff. What the database
    kept in an order of its own stands in that of the format again."""
    data = rewritten(data)
    lines = [f"currency = {_value(data['currency'])}", f"unit = {_value(data['unit'])}"]
    given = [name for name in ("defaults", "numbers") if data.get(name)]
    lines += [f"{name} = {_value(data[name])}" for name in given]
    for listed in ("quantities", "charges"):
        for each in data.get(listed, ()):
            lines += ["", f"[[{listed}]]"]
            lines += [f"{key} = {_entry(key, value)}" for key, value in each.items()]
    return "\n".join(lines) + "\n"


def read_text(text: str) -> dict[str, Any]:
    """The data of a tariff in a text. Raises `BadTariff`; `where` is empty where the text is no
    TOML, and `what` names line and column."""
    if len(text) > LONGEST:
        raise BadTariff("", f"the text has more than {LONGEST} characters")
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise BadTariff("", str(fault)) from None
    return rewritten(data)


def _entry(key: str, value: Any) -> str:
    """A figure without the parentheses around the whole of it; a wide table row by row."""
    if key not in _FIGURES:
        return _value(value)
    plain = _plain(value)
    written = _value(plain)
    if len(written) <= _WIDE or not isinstance(plain, Mapping):
        return written
    rows = "".join(f"  {_value(row)},\n" for row in plain["rows"])
    return f"{{by = {_value(plain['by'])}, rows = [\n{rows}]}}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"by": value["by"], "rows": [[key, _plain(row)] for key, row in value["rows"]]}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _without_parentheses(value) if isinstance(value, str) else value


def _without_parentheses(text: str) -> str:
    """A sum in parentheses without them, where they are one pair around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if not depth:
            return text[1:-1] if place == len(text) - 1 else text
    return text


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case Mapping():
            return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_value(each) for each in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)

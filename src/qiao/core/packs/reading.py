"""Reading tables of a pack with errors that name file and key, all of them at once.

A `Table` wraps one TOML table. Every getter returns a usable value even when it reports a problem,
so that one reading finds everything that is wrong.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qiao.core.rules.conditions import Condition, ConditionInvalid, parse_condition
from qiao.core.rules.texts import DATA_KEYS, Text

KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(s|min|h|d|wd)")
UNITS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
EMPTY_TEXT: Final = Text("", "", "")


@dataclass(frozen=True, slots=True, order=True)
class PackProblem:
    """One thing wrong with a pack: in which file, at which key, expected and found."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}"


class PackInvalid(ValueError):  # noqa: N818 - a finding about data
    """A pack cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Table:
    """One table of a TOML file, at `place` in `file`, reporting into `problems`."""

    def __init__(
        self, data: Mapping[str, Any], *, file: str, place: str, problems: list[PackProblem]
    ) -> None:
        self.data = data
        self.file = file
        self.place = place
        self.problems = problems
        self._read: set[str] = set()

    def report(self, key: str, message: str) -> None:
        """Note a problem at a key of this table."""
        place = f"{self.place}.{key}" if self.place and key else self.place or key
        self.problems.append(PackProblem(self.file, place, message))

    def has(self, key: str) -> bool:
        """Whether the key is present."""
        return key in self.data

    def raw(self, key: str) -> Any:
        """The bare value; marks the key as read."""
        self._read.add(key)
        return self.data.get(key)

    def finish(self) -> None:
        """Report every key that nothing read."""
        for key in self.data:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                self.report(key, f"unknown key; known here: {known}")

    def string(self, key: str, default: str | None = None) -> str:
        """A text without languages; required unless a default is given."""
        value = self._get(key, str, "a text", default)
        return value if isinstance(value, str) else default or ""

    def key(self, key: str = "key", default: str | None = None) -> str:
        """A key: small letters, digits and underscores."""
        value = self.string(key, default)
        if value and not KEY.fullmatch(value):
            self.report(key, f"expected small letters, digits and _, found {value!r}")
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words."""
        value = self.string(key, default)
        if value and value not in allowed:
            self.report(key, f"expected one of {', '.join(allowed)}, found {value!r}")
        return value

    def integer(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number, not below `least`."""
        value = self._get(key, int, "a whole number", default)
        if isinstance(value, bool) or not isinstance(value, int):
            return default or 0
        if value < least:
            self.report(key, f"expected at least {least}, found {value}")
        return value

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """true or false."""
        value = self._get(key, bool, "true or false", default)
        return bool(value)

    def strings(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts without languages."""
        value = self._get(key, list, "a list of texts", None if required else [])
        items = value if isinstance(value, list) else []
        for number, item in enumerate(items):
            if not isinstance(item, str):
                self.report(f"{key}[{number}]", f"expected a text, found {item!r}")
        return tuple(item for item in items if isinstance(item, str))

    def text(self, key: str) -> Text:
        """A text in three languages; all three are required."""
        found = self.optional_text(key)
        if found is None and key not in self.data:
            self.report(key, f"missing; expected a table of {', '.join(DATA_KEYS)}")
        return found or EMPTY_TEXT

    def optional_text(self, key: str) -> Text | None:
        """A text in three languages, or None where the key is absent."""
        value = self.raw(key)
        if value is None:
            return None
        return self._text(key, value)

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts in three languages."""
        value = self._get(key, list, "a list of texts", [])
        items = value if isinstance(value, list) else []
        found = [self._text(f"{key}[{number}]", item) for number, item in enumerate(items)]
        return tuple(item for item in found if item is not None)

    def table(self, key: str) -> "Table":
        """A table inside this one; empty where the key is absent."""
        value = self._get(key, dict, "a table", {})
        return self._table(value if isinstance(value, dict) else {}, key)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables; empty where the key is absent."""
        value = self._get(key, list, "a list of tables", [])
        rows = []
        for number, item in enumerate(value if isinstance(value, list) else []):
            name = item.get("key") if isinstance(item, dict) else None
            place = f"{key}[{name if isinstance(name, str) else number}]"
            if isinstance(item, dict):
                rows.append(self._table(item, place))
            else:
                self.report(place, f"expected a table, found {item!r}")
        return rows

    def condition(self, key: str) -> Condition | None:
        """A condition tree, or None where the key is absent."""
        value = self.raw(key)
        if value is None:
            return None
        try:
            return parse_condition(value)
        except ConditionInvalid as error:
            self.report(key, str(error))
            return None

    def seconds(self, key: str, *, day_seconds: int) -> int:
        """A duration such as ``90min``, ``24h``, ``2wd`` (working days of `day_seconds`)."""
        return self._duration(key, self.raw(key), day_seconds)

    def durations(self, key: str) -> tuple[int, ...]:
        """A list of durations in seconds, none of them in working days."""
        value = self._get(key, list, "a list of durations", [])
        items = value if isinstance(value, list) else []
        return tuple(self._duration(f"{key}[{i}]", item, 0) for i, item in enumerate(items))

    def _duration(self, key: str, value: object, day_seconds: int) -> int:
        found = DURATION.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.report(key, f"expected a duration such as 90min, 24h or 2wd, found {value!r}")
            return 0
        amount, unit = float(found[1]), found[2]
        return round(amount * (day_seconds if unit == "wd" else UNITS[unit]))

    def weights(self, key: str, count: int) -> tuple[int, ...]:
        """Exactly `count` whole numbers, or nothing where the key is absent."""
        value = self.raw(key)
        if value is None:
            return ()
        good = isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)
        if not good or len(value) != count:
            self.report(key, f"expected {count} whole numbers, found {value!r}")
            return ()
        return tuple(value)

    def _get(self, key: str, kind: type, wanted: str, default: object) -> object:
        value = self.raw(key)
        if value is None:
            if default is None:
                self.report(key, f"missing; expected {wanted}")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.report(key, f"expected {wanted}, found {value!r}")
            return default
        return value

    def _text(self, key: str, value: object) -> Text | None:
        if not isinstance(value, dict):
            self.report(key, f"expected a table of {', '.join(DATA_KEYS)}, found {value!r}")
            return None
        for language in DATA_KEYS:
            part = value.get(language)
            if not isinstance(part, str) or not part.strip():
                self.report(f"{key}.{language}", f"expected a text, found {part!r}")
        for extra in value.keys() - set(DATA_KEYS):
            self.report(f"{key}.{extra}", f"unknown language; known: {', '.join(DATA_KEYS)}")
        return Text(*(str(value.get(language, "")) for language in DATA_KEYS))

    def _table(self, data: Mapping[str, Any], place: str) -> "Table":
        inside = f"{self.place}.{place}" if self.place else place
        return Table(data, file=self.file, place=inside, problems=self.problems)

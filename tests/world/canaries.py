"""Texts that betray themselves, and the world that knows them all."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from PIL import Image

from qiao.core.attachments import Accepted, check_upload
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

MARK = "zqxcanary"
PHONE = "13806177754"
CALLER_PHONE = "13916277753"
ACCOUNT = "90887766554"
METER = "W-90887766553"
ID_CARD = "11010519491231002X"
PASSWORD = "three long words"
SINCE = date(2020, 1, 1)
SKILLS = ("network", "quality", "metering", "business", "complaints")


def marked(name: str) -> str:
    """A text that betrays itself."""
    return f"{MARK} {name}"


class Ids(dict[str, Any]):
    """Names of what the world holds: none is given twice, for ids of two tables may be equal."""

    def __setitem__(self, name: str, value: Any) -> None:
        if self.get(name, value) != value:
            raise KeyError(f"{name} is an id of something else")
        super().__setitem__(name, value)

    def __ior__(self, given: Any) -> "Ids":  # type: ignore[override, misc]
        for name, value in given.items():
            self[name] = value
        return self


@dataclass
class World:
    """The company, the ids of what the lake branch holds, and what must never leave it."""

    company: Company
    now: datetime
    ids: Ids = field(default_factory=Ids)
    canaries: set[str] = field(default_factory=set)

    def betrayed_by(self, text: str) -> set[str]:
        """The canaries in a text, whole, spaced or masked, in lower case."""
        # Ten thousand answers are looked through: words are found faster than one by a pattern.
        low = text.lower()
        found = {word for word in (MARK, *map(str.lower, self.canaries)) if word in low}
        for phone in (PHONE, CALLER_PHONE):
            if phone[-1] in low and phone[:3] in low:
                found.update(_written(phone).findall(low))
        return found

    def staff(self, who: str) -> Staff:
        """The member of staff behind a name of the cast."""
        found: Staff = getattr(self.company, f"{who}_staff")
        return found


@cache
def _written(phone: str) -> "re.Pattern[str]":
    """Finds a number with gaps in it or with its middle hidden."""
    spaced = r"[\s-]?".join(phone)
    return re.compile(rf"{spaced}|{phone[:3]}\W{{0,3}}\*+\W{{0,3}}{phone[-4:]}")


def picture(colour: str = "navy", name: str = "p.png") -> Accepted:
    """A small picture, checked as an upload is."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, format="PNG")
    content.seek(0)
    return check_upload(content, file_name=name, allow=("image",))


def texts_of(values: Iterable[object]) -> str:
    """Many values as one text to hunt in."""
    return "\n".join(str(value) for value in values)

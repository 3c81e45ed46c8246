"""Texts that betray themselves, and the world that knows them all."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
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


@dataclass
class World:
    """The company, the ids of what the lake branch holds, and what must never leave it."""

    company: Company
    now: datetime
    ids: dict[str, Any] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)

    def pattern(self) -> "re.Pattern[str]":
        """Finds any canary, whole, spaced or masked."""
        words = [re.escape(word) for word in self.canaries]
        for phone in (PHONE, CALLER_PHONE):
            words += [r"[\s-]?".join(phone), rf"{phone[:3]}\W{{0,3}}\*+\W{{0,3}}{phone[-4:]}"]
        return re.compile("|".join([MARK, *words]), re.IGNORECASE)

    def staff(self, who: str) -> Staff:
        """The member of staff behind a name of the cast."""
        found: Staff = getattr(self.company, f"{who}_staff")
        return found


def picture(colour: str = "navy", name: str = "p.png") -> Accepted:
    """A small picture, checked as an upload is."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, format="PNG")
    content.seek(0)
    return check_upload(content, file_name=name, allow=("image",))


def texts_of(values: Iterable[object]) -> str:
    """Many values as one text to hunt in."""
    return "\n".join(str(value) for value in values)

"""Reasons for not reading a meter: a version from a day on."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.models import UnreadReason

VALIDATE: Final = "metering.validate"
NAME_LENGTH: Final = 40
SOURCE_LENGTH: Final = 200
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,29}")


class BadReason(ValueError):  # noqa: N818 - a refusal, not a fault
    """The version cannot stand; `field` is ``key`` or ``since``."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def set_reason(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    valid_from: date,
    names: Mapping[str, str],
    needs_photo: bool,
    is_active: bool,
    source: str,
) -> UnreadReason:
    """Let a reason hold so from a day on, today at the earliest; another version of that day is
    replaced. Raises `BadReason`, `BadText`, `Forbidden`."""
    required()
    actor.require(VALIDATE)
    if not _KEY.fullmatch(key):
        raise BadReason("key")
    if valid_from < timezone.localdate(now):
        raise BadReason("since")
    words = {
        language: clean(name, field=language, max_length=NAME_LENGTH, one_line=True, required=True)
        for language, name in names.items()
    }
    why = clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True)
    row, _made = UnreadReason.objects.update_or_create(
        key=key,
        valid_from=valid_from,
        defaults={
            "names": words,
            "needs_photo": needs_photo,
            "is_active": is_active,
            "source": dict.fromkeys(words, why),
            "created_at": now,
            "created_by_id": actor.staff_id,
        },
    )
    return row

"""Keeping the tree of causes: what packs bring, what the company adds, renames and joins."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Max, Q
from django.utils import timezone

from qiao.cases.models import Cause
from qiao.core.actor import Actor
from qiao.core.packs import Catalogue
from qiao.core.packs.causes import MOST_LEVELS
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import company_id, local_days

KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
NAME_LENGTH = 60
WORDS_LENGTH = 200
OWN = "own"
"""Causes of the company are keyed ``own.<key>``: no pack has this name."""
ALWAYS = date(2000, 1, 1)


class CauseRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """The tree cannot be changed so. `reason`: ``key``, ``taken``, ``depth``, ``ended``, ``used``,
    ``itself`` or ``below``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def install_causes(*, catalogue: Catalogue, now: datetime) -> None:
    """Bring the rows up to date with the packs; words that the company chose stay.

    A cause that no pack has any more is ended today, since cases are coded with it.
    """
    required()
    today = timezone.localdate(now)
    rows = {row.key: row for row in Cause.objects.exclude(pack="")}
    left = dict(catalogue.causes)
    position = 0
    while left:
        ready = [c for c in left.values() if c.parent not in left]
        for spec in ready:
            del left[spec.key]
            position += 1
            parent = rows.get(spec.parent)
            row = rows.get(spec.key) or Cause(key=spec.key, valid_from=ALWAYS)
            row.pack, row.parent = spec.key.partition(".")[0], parent
            row.level, row.position = (parent.level + 1 if parent else 1), position
            if not row.renamed:
                row.names, row.words = spec.name.data(), list(spec.words)
            row.save()
            rows[spec.key] = row
    gone = Cause.objects.exclude(pack="").exclude(key__in=list(catalogue.causes))
    gone.filter(valid_until__isnull=True).update(valid_until=today)


def add_cause(
    *, parent: str, key: str, names: Mapping[str, str], words: str, actor: Actor, now: datetime
) -> Cause:
    """Add a cause of the company below another or at the top. Raises `CauseRefused`, `BadText`."""
    _allowed(actor)
    if not KEY.fullmatch(key):
        raise CauseRefused("key")
    full = f"{OWN}.{key}"
    if Cause.objects.filter(key=full).exists():
        raise CauseRefused("taken")
    above = _open_cause(parent, now) if parent else None
    if above is not None and above.level >= MOST_LEVELS:
        raise CauseRefused("depth")
    last = Cause.objects.aggregate(last=Max("position"))["last"] or 0
    return Cause.objects.create(
        key=full,
        parent=above,
        level=above.level + 1 if above else 1,
        names=_names(names),
        words=_words(words),
        position=last + 1,
        valid_from=_today(now),
    )


def rename_cause(
    *, key: str, names: Mapping[str, str], words: str, actor: Actor, now: datetime
) -> Cause:
    """Call a cause otherwise; cases keep their code. Raises `CauseRefused`, `BadText`."""
    _allowed(actor)
    cause = _open_cause(key, now)
    cause.names, cause.words, cause.renamed = _names(names), _words(words), True
    cause.save()
    return cause


def end_cause(*, key: str, valid_until: date, actor: Actor, now: datetime) -> Cause:
    """From a day on no case is coded with it. Raises `CauseRefused` while others are below it."""
    _allowed(actor)
    cause = _open_cause(key, now)
    below = Cause.objects.filter(parent=cause)
    if below.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=valid_until)).exists():
        raise CauseRefused("used")
    cause.valid_until = max(valid_until, cause.valid_from)
    cause.save()
    return cause


def merge_causes(*, key: str, into: str, actor: Actor, now: datetime) -> Cause:
    """Let another cause take its place from today: figures count its cases there.

    Raises `CauseRefused` for a cause with others below it, for itself, and for an ended one.
    """
    _allowed(actor)
    cause, successor = _open_cause(key, now), _open_cause(into, now)
    if cause.pk == successor.pk:
        raise CauseRefused("itself")
    if Cause.objects.filter(parent__in=[cause, successor]).exists():
        raise CauseRefused("below")
    Cause.objects.filter(merged_into=cause).update(merged_into=successor)
    cause.valid_until = max(_today(now), cause.valid_from)
    cause.merged_into = successor
    cause.save()
    return cause


def _allowed(actor: Actor) -> None:
    required()
    actor.require("cases.causes", company_id())


def _today(now: datetime) -> date:
    return local_days(now)[company_id()]


def _open_cause(key: str, now: datetime) -> Cause:
    cause = Cause.objects.select_for_update(of=("self",)).filter(key=key).first()
    today = _today(now)
    if cause is None or (cause.valid_until is not None and cause.valid_until <= today):
        raise CauseRefused("ended")
    return cause


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {
        language: clean(
            text, field=f"name_{language}", max_length=NAME_LENGTH, one_line=True, required=True
        )
        for language, text in names.items()
    }


def _words(words: str) -> list[str]:
    text = clean(words, field="words", max_length=WORDS_LENGTH)
    return [word for word in re.split(r"[\s,，、;；]+", text) if word]

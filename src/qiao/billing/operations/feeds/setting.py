"""Feeds themselves: a new one, and another name for one."""

from dataclasses import dataclass
from datetime import datetime
from re import compile as pattern
from typing import Final

from django.db import IntegrityError, transaction

from qiao.billing.models import Feed
from qiao.billing.models.feeds import MANAGE
from qiao.core.actor import Actor
from qiao.core.rules.money import exponent_of
from qiao.core.rules.text import clean
from qiao.core.transactions import required

LONGEST_NAME: Final = 60
_KEY: Final = pattern(r"[a-z][a-z0-9_-]{0,39}")


class BadKey(ValueError):  # noqa: N818 - a refusal, not a fault
    """A key is small letters, digits, - and _, and begins with a letter."""


class KeyTaken(Exception):  # noqa: N818 - a refusal, not a fault
    """The unit has a feed of this key already."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed of a unit: `key` names it to programs, `name` to people."""

    organisation_id: int
    key: str
    name: str
    currency: str


def add_feed(new: NewFeed, *, actor: Actor, now: datetime) -> Feed:
    """Let another billing system bill accounts of a unit.

    Raises `BadKey`, `KeyTaken`, `BadText`, `qiao.core.rules.money.BadMoney`, `Forbidden`.
    """
    required()
    actor.require(MANAGE, new.organisation_id)
    exponent_of(new.currency)
    if not _KEY.fullmatch(new.key):
        raise BadKey(new.key)
    feed = Feed(
        organisation_id=new.organisation_id,
        key=new.key,
        name=_name(new.name),
        currency=new.currency,
        created_at=now,
        created_by_id=actor.person_id,
    )
    try:
        with transaction.atomic():
            feed.save()
    except IntegrityError as taken:
        raise KeyTaken(new.key) from taken
    return feed


def rename_feed(*, feed_id: int, name: str, actor: Actor) -> Feed:
    """Call a feed something else. Raises `BadText`, `Forbidden`."""
    required()
    feed = Feed.objects.select_for_update().get(pk=feed_id)
    actor.require(MANAGE, feed.organisation_id)
    feed.name = _name(name)
    feed.save(update_fields=["name"])
    return feed


def _name(text: str) -> str:
    return clean(text, field="name", max_length=LONGEST_NAME, one_line=True, required=True)

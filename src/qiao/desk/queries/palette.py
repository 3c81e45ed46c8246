"""One search over everything: sources that modules contribute, and commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.manifest import Command, Hit, SearchSource
from qiao.core.registry import registry
from qiao.customers.queries import find_near
from qiao.desk.rules.commands import Findable, findable, match

PER_SOURCE = 8
COMMAND_PREFIX = ">"
LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True, slots=True)
class Found:
    """A group of results: hits of one source, or commands. `near` says that none fits exactly."""

    key: str
    label: Any
    hits: Sequence[Hit] = ()
    commands: Sequence[Command] = ()
    near: bool = False


def search_everything(*, actor: Actor, text: str, limit: int = PER_SOURCE) -> list[Found]:
    """Results by source, in order, at most `limit` of each; empty groups are left out.

    A prefix character narrows: ``#`` cases, ``@`` customers, ``>`` commands, ``?`` knowledge.
    When nothing is found, customers that come near are.
    """
    typed = text.strip()
    prefix = typed[:1]
    if prefix == COMMAND_PREFIX:
        return _commands(actor, typed[1:], limit)
    sources = registry.search(actor)
    narrowed = [source for source in sources if prefix and source.prefix == prefix]
    if narrowed:
        term = typed[1:].strip()
        return _hits(narrowed, actor, term, limit) or _near(actor, term)
    if not typed:
        return _commands(actor, "", limit)
    found = _hits(sources, actor, typed, limit) + _commands(actor, typed, limit)
    return found or _near(actor, typed)


def _hits(sources: Sequence[SearchSource], actor: Actor, text: str, limit: int) -> list[Found]:
    if not text:
        return []
    found = [
        Found(source.key, source.label, source.search(actor=actor, text=text, limit=limit))
        for source in sources
    ]
    return [group for group in found if group.hits]


def _commands(actor: Actor, text: str, limit: int) -> list[Found]:
    allowed = {command.key for command in registry.commands(actor)}
    offered = [item for item in _index() if item.thing.key in allowed]
    found = match(text, offered, limit=limit)
    return [Found("command", _("Commands"), commands=found)] if found else []


@cache
def _index() -> tuple[Findable[Command], ...]:
    """All commands with their labels in every language, spelled once per process."""
    commands = [command for module in registry for command in module.commands]
    return tuple(findable(command, _labels(command)) for command in commands)


def _labels(command: Command) -> list[str]:
    labels = []
    for language in LANGUAGES:
        with translation.override(language):
            labels.append(str(command.label))
    return labels


def _near(actor: Actor, text: str) -> list[Found]:
    if not text or not actor.can("customers.view"):
        return []
    hits = [
        Hit(
            kind="customer",
            title=hit.name,
            detail=f"{hit.account_number or hit.number} · {hit.short_address}".rstrip(" ·"),
            url=reverse("customers:page", args=[hit.customer_id]),
            icon="user",
            tier=hit.tier,
        )
        for hit in find_near(actor=actor, text=text, limit=5)
    ]
    label = _("Nothing fits exactly. Close to it:")
    return [Found("near", label, hits, near=True)] if hits else []

"""What a contact may be about and how it may end, out of the enabled packs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from qiao.contact.models import Interaction
from qiao.contact.rules.proposals import Proposal, Reason, propose
from qiao.core.manifest import CameBy
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Outcome, Script
from qiao.core.registry import registry
from qiao.staff.queries import organisation


def outcomes() -> Mapping[str, Outcome]:
    """All wrap-up results by qualified key (``water.answered``)."""
    return catalogue().outcomes


def reason_choices() -> Mapping[str, CaseType]:
    """All matters a contact may be about: the case types, by qualified key."""
    return catalogue().case_types


def pack_of(interaction: Interaction) -> str:
    """The pack in whose words a contact is closed: that of the account's service; without an
    account that of the queue in which it waited; else the unit's first."""
    packs = catalogue().packs
    enabled = [key for key in organisation(interaction.organisation_id).packs if key in packs]
    if interaction.account:
        service = interaction.account.service
        found = (key for key in enabled if service in {each.key for each in packs[key].services})
    else:
        found = (key for key in enabled if key == _queue_of(interaction).partition(".")[0])
    return next(iter((*found, *enabled, *packs)), "")


def _queue_of(interaction: Interaction) -> str:
    """The queue by which a contact came, as the module knows that brought it."""
    told = (
        tool.came(interaction_id=interaction.pk).queue
        for module in registry
        for tool in module.contact_tools
        if tool.came
    )
    return next(filter(None, told), "")


@dataclass(frozen=True, slots=True)
class Named:
    """A choice in the reader's language; `group` heads it in the list."""

    key: str
    name: str
    group: str = ""
    resolved: bool = False


def outcome_names(interaction: Interaction, *, language: str) -> Sequence[Named]:
    """The results among which the contact's agent chooses, in the pack's order."""
    prefix = f"{pack_of(interaction)}."
    return [
        Named(item.key, item.name.in_language(language), resolved=item.resolved)
        for item in outcomes().values()
        if item.key.startswith(prefix)
    ]


def reason_names(interaction: Interaction, *, language: str) -> Sequence[Named]:
    """The matters among which the contact's agent chooses, by group."""
    prefix = f"{pack_of(interaction)}."
    return [
        Named(item.key, item.name.in_language(language), item.group)
        for item in reason_choices().values()
        if item.key.startswith(prefix)
    ]


def proposed_reason(
    interaction: Interaction, text: str, *, came: CameBy | None = None
) -> Proposal | None:
    """What the words of `text` speak for, among the matters of the contact's pack; else what most
    contacts that came by the same place of the voice menu, or the same queue, are about."""
    pack = pack_of(interaction)
    found = propose(text, _reasons(pack))
    if found is not None or came is None:
        return found
    if came.about.startswith(f"{pack}.") and came.about in reason_choices():
        return Proposal(came.about, by="menu")
    spec = catalogue().queues.get(came.queue) if came.queue.startswith(f"{pack}.") else None
    return Proposal(spec.reason, by="queue") if spec and spec.reason else None


def outcome_after(interaction: Interaction, what: str) -> str:
    """The result that is proposed after `what` (see `Outcome.after`); empty where the contact's
    pack has none."""
    prefix = f"{pack_of(interaction)}."
    found = (each.key for each in outcomes().values() if each.after == what)
    return next((key for key in found if key.startswith(prefix)), "")


@cache
def _reasons(pack: str) -> tuple[Reason, ...]:
    found = [item for item in reason_choices().values() if item.key.startswith(f"{pack}.")]
    return tuple(
        Reason(item.key, tuple(dict.fromkeys((*item.name.data().values(), *item.words))))
        for item in found
    )


def name_of(key: str, *, language: str) -> str:
    """The words of an outcome or reason; the key itself when its pack is gone."""
    source = outcomes().get(key) or reason_choices().get(key)
    return source.name.in_language(language) if source else key


def scripts_for(interaction: Interaction, *, reason: str = "") -> Sequence[Script]:
    """Words for the talk: those of the matter first, then the pack's others."""
    prefix = f"{pack_of(interaction)}."
    case_type = reason_choices().get(reason)
    first = case_type.scripts if case_type else ()
    ours = [item for item in catalogue().scripts.values() if item.key.startswith(prefix)]
    return sorted(ours, key=lambda item: item.key not in first)

"""Rules of the green channel in words: what they ask for, as lines and as a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qiao.cases import definitions
from qiao.cases.showing import names
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import said
from qiao.customers.queries import protection_words

Terms = Mapping[str, Sequence[str]]
_ASKED: Final[Mapping[str, Any]] = {
    "protections": gettext_lazy("the customer is protected as %(values)s"),
    "tiers": gettext_lazy("the customer is of tier %(values)s"),
    "tags": gettext_lazy("the customer carries the tag %(values)s"),
    "groups": gettext_lazy("the case is of the group %(values)s"),
    "types": gettext_lazy("the case is of the type %(values)s"),
    "priorities": gettext_lazy("the case has the priority %(values)s"),
}


def choices_of(term: str, packs: Iterable[str]) -> dict[str, str]:
    """What rules of these packs may ask for, with its words; empty for tags, which are made
    freely. Types go by their full key."""
    if term == "protections":
        return protection_words()
    if term == "groups":
        return {key: str(word) for key, word in names.GROUPS.items()}
    if term == "priorities":
        return {key: str(word) for key, word in names.PRIORITIES.items()}
    if term == "tiers":
        tiers = catalogue().tiers.items()
        return {letter: f"{letter} {said(tier.word)}" for letter, tier in tiers}
    if term == "types":
        types = definitions.case_types().items()
        asked = set(packs)
        return {key: said(each.name) for key, each in types if key.partition(".")[0] in asked}
    return {}


def full_key(term: str, value: str, pack: str) -> str:
    """A value as `choices_of` has it: packs name their own types shortly."""
    return f"{pack}.{value}" if term == "types" and "." not in value else value


def wants(terms: Terms, pack: str) -> list[str]:
    """What a rule asks for, a line each; all of them must hold."""
    return [str(capfirst(line)) for line in _asked(terms, pack)]


def in_sentence(terms: Terms, pack: str) -> str:
    """The same as one sentence."""
    return _("If %(conditions)s") % {"conditions": _(", and ").join(_asked(terms, pack))}


def _asked(terms: Terms, pack: str) -> list[str]:
    either, lines = pgettext("values of a rule", " or "), []
    for term in filter(terms.get, _ASKED):
        known = choices_of(term, [pack])
        keys = [full_key(term, value, pack) for value in terms[term]]
        words = either.join(known.get(key, key) for key in keys)
        lines.append(_ASKED[term] % {"values": words})
    return lines

"""Numbers of accounts and meters as people type them, held against those of the customer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qiao.cases.rules.values_found import BadFact
from qiao.core.packs.model import Field

MOST_NAMED = 5


def folded(number: str) -> str:
    """A number without what people type between its parts, and without regard to case."""
    return "".join(letter for letter in number if letter.isalnum()).upper()


def numbers_given(
    fields: Iterable[Field], facts: Mapping[str, Any], known: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The numbers that were given, as they are written in `known` (by ``account`` and ``meter``).

    Raises `BadFact` for one that is none of the customer's; nothing is compared where none is
    known.
    """
    found = {}
    for field in fields:
        numbers = known.get(field.of_customer, ())
        given = str(facts[field.key])
        written = {folded(number): number for number in numbers}
        if not numbers:
            continue
        if folded(given) not in written:
            named = ", ".join(numbers[:MOST_NAMED])
            raise BadFact(field.key, f"one of {named}", "of_customer", named)
        found[field.key] = written[folded(given)]
    return found

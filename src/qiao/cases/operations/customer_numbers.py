"""Answers that must be a number of the customer: of an account, or of a meter."""

from collections.abc import Mapping, Sequence
from typing import Any

from qiao.cases.rules.customer_numbers import numbers_given
from qiao.core.actor import Actor
from qiao.core.packs.model import Field
from qiao.customers.queries import accounts_of


def with_numbers(
    fields: Sequence[Field], facts: Mapping[str, Any], *, customer_id: int | None, actor: Actor
) -> dict[str, Any]:
    """The facts with numbers of the customer as the customer's records write them.

    Of a customer who is not known any text is taken, and so is it where the actor sees no account
    of theirs.

    Raises `BadFact`.
    """
    asked = [f for f in fields if f.of_customer and facts.get(f.key) not in (None, "")]
    if not asked or customer_id is None:
        return dict(facts)
    accounts = accounts_of(actor=actor, customer_id=customer_id)
    known = {
        "account": tuple(each.number for each in accounts),
        "meter": tuple(each.meter for each in accounts if each.meter),
    }
    return {**facts, **numbers_given(asked, facts, known)}

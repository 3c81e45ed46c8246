"""Desks of other systems, colleagues, and the key itself."""

from typing import Annotated, Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Query

from qiao.api.views.v1.calls import ProgramRequest, access_of, actor_of
from qiao.api.views.v1.problems import Problem
from qiao.api.views.v1.service import reads
from qiao.api.views.v1.shapes import (
    PAGE_ROWS,
    PRINTABLE,
    Cursor,
    Limit,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.core.rules.texts import Text
from qiao.customers.queries import tier_at_station
from qiao.staff.queries import people_in

STAFF = "staff"


class TierShown(Shown):
    """What a foreign screen shows: letter, word, colour and advice together; colour is never the
    only sign. Text on the colour is white."""

    customer_id: int
    letter: str
    word: str
    advice: str
    colour: str
    colour_hex: str
    found_by: str


class Person(Shown):
    """A colleague."""

    staff_id: int
    number: str
    name: str
    title: str
    organisation_id: int
    organisation: str


class People(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[Person]
    next: str | None


class Self(Shown):
    """Who calls: the key's name, unit, scopes and calls a minute."""

    name: str
    organisation_id: int
    scopes: list[str]
    calls_a_minute: int


def _said(text: Text) -> str:
    return text.in_language(get_language() or "en")


@reads(
    "/stations/tier", "tierAtStation", scope="stations:read", answer=TierShown, group="stations",
    title=_("Tell the tier behind a card"),
    about=_(
        "For registration, cashier, doctor and nurse stations: a card, account, customer or"
        " identity number gives letter, word, colour and advice in under 200 ms."
    ),
)  # fmt: skip
def tier(
    request: ProgramRequest,
    card: Annotated[str, Query(min_length=1, max_length=64, pattern=PRINTABLE)],
) -> TierShown:
    """The tier of who holds the card."""
    found = tier_at_station(actor=actor_of(request), card=card)
    if found is None:
        raise Problem("not-found")
    return TierShown(
        customer_id=found.customer_id,
        letter=found.letter,
        word=_said(found.word),
        advice=_said(found.advice),
        colour=found.colour,
        colour_hex=found.colour_hex,
        found_by=found.found_by,
    )


@reads(
    "/staff", "listStaff", scope="staff:read", answer=People, group="staff",
    title=_("List colleagues"), about=_("Number, name, title and unit of active people."),
)  # fmt: skip
def list_staff(request: ProgramRequest, after: Cursor = "", limit: Limit = PAGE_ROWS) -> People:
    """A page of colleagues."""
    people, following = people_in(
        actor=actor_of(request), after=read_cursor(STAFF, after) or 0, limit=limit
    )
    return People(items=[_person(each) for each in people], next=cursor_for(STAFF, following))


def _person(each: Any) -> Person:
    return Person(
        staff_id=each.pk,
        number=each.number,
        name=each.name,
        title=each.title,
        organisation_id=each.organisation_id,
        organisation=each.organisation.name,
    )


@reads(
    "/me", "whoAmI", scope="", answer=Self, group="access", title=_("Tell who this key is"),
    about=_("Its name, unit, scopes and limit: a first call to see that a key works."),
)  # fmt: skip
def who_am_i(request: ProgramRequest) -> Self:
    """The key itself."""
    access = access_of(request)
    return Self(
        name=access.actor.name,
        organisation_id=access.actor.organisation_id,
        scopes=sorted(access.scopes),
        calls_a_minute=access.calls_a_minute,
    )

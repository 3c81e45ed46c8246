"""What the people of the demo company are good at: skills of the packs, with believable levels."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Final

from django.db.models import Max, Q

from qiao.core.demo import World
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.qualify import qualify
from qiao.staff.models import Skill, Staff
from qiao.staff.operations import give_skill

Levels = tuple[int, int]
"""The lowest and the highest level (1 to 5) between which one is drawn."""

# Agents are trained in bills or in supply first and take the other on busy days.
_FIRST_ON_BILLS: Final = {"billing": (4, 5), "repair": (2, 3)}
_FIRST_ON_SUPPLY: Final = {"repair": (4, 5), "billing": (2, 3)}
_SOME_ALSO: Final = ({"connection": (2, 4)}, {"complaints": (3, 4)}, {"metering": (2, 3)})
_SOME: Final = 3  # so many call agents of ten hold one skill more
# Of ten call agents so many speak another language, so well; supervisors speak all of them.
_LANGUAGES: Final[dict[str, tuple[int, Levels]]] = {"yue": (4, (3, 5)), "en": (5, (2, 4))}

_BY_ROLE: Final[dict[str, dict[str, Levels]]] = {
    "supervisor": {
        "billing": (4, 5), "repair": (4, 5), "complaints": (4, 5), "connection": (3, 4),
        "key_accounts": (3, 4),
    },
    "dispatcher": {"repair": (4, 5), "quality": (2, 3)},
    "complaint_officer": {"complaints": (4, 5), "billing": (2, 4)},
    "clerk": {"connection": (4, 5), "billing": (3, 4), "metering": (2, 3)},
    "customer_manager": {"key_accounts": (4, 5), "connection": (3, 4), "billing": (2, 4)},
    "leader": {"complaints": (2, 3), "key_accounts": (2, 3)},
}  # fmt: skip
_BY_UNIT: Final[dict[str, dict[str, Levels]]] = {
    "crew": {"repair": (3, 5)},
    "meter": {"metering": (3, 5)},
    "quality": {"quality": (4, 5)},
    "inspection": {"metering": (3, 4)},
    "power": {"repair": (3, 5)},
    "gas": {"repair": (3, 5)},
}


def give_skills(world: World) -> None:
    """Let everybody hold what goes with their work."""
    rng = world.random("staff.skills")
    people = Staff.objects.select_related("organisation").order_by("number")
    people = people.prefetch_related("assignments__role")
    known = catalogue().skills
    for place, person in enumerate(people):
        trades = _trades_of(person, place, world.pack)
        for key, (least, most) in _skills_of(person, place, rng):
            level = rng.randint(least, most)
            for pack in trades:
                if (skill := qualify(pack, key)) in known:
                    give_skill(staff=person, skill_key=skill, level=level)
    _give_languages(world, people)


def _trades_of(person: Staff, place: int, first: str) -> Sequence[str]:
    """The packs whose work somebody knows: agents the world's own and one more by turns, crews of
    a trade theirs, everybody else all."""
    packs = [key for key, pack in catalogue().packs.items() if pack.skills]
    others = [key for key in packs if key != first]
    unit = person.organisation.code.rpartition("-")[2]
    if unit in others:
        return [unit]
    if unit in _BY_UNIT:
        return [first]
    roles = {each.role.key for each in person.assignments.all()}
    if "agent" in roles and others:
        return [first, others[place % len(others)]]
    return [first, *others]


def _give_languages(world: World, people: Iterable[Staff]) -> None:
    """Languages that customers may wish to speak, of those that a pack brings."""
    rng = world.random("staff.languages")
    known = catalogue().languages
    for person in people:
        roles = {each.role.key for each in person.assignments.all()}
        for key, (of_ten, (least, most)) in _LANGUAGES.items():
            speaks = "agent" in roles and rng.randrange(10) < of_ten
            if key in known and (speaks or "supervisor" in roles):
                give_skill(staff=person, skill_key=key, level=rng.randint(least, most))


def _skills_of(person: Staff, place: int, rng: Random) -> Iterator[tuple[str, Levels]]:
    roles = {each.role.key for each in person.assignments.all()}
    unit = person.organisation.code.rpartition("-")[2]
    if "agent" in roles:
        yield from (_FIRST_ON_SUPPLY if place % 2 else _FIRST_ON_BILLS).items()
        if rng.randrange(10) < _SOME:
            yield from rng.choice(_SOME_ALSO).items()
    for role in sorted(roles & _BY_ROLE.keys()):
        yield from _BY_ROLE[role].items()
    yield from _BY_UNIT.get(unit, {}).items()


def unserved() -> Sequence[str]:
    """Queues that ask for a skill which nobody who works here holds at the level asked for."""
    works_here = Q(staffskill__staff__is_active=True)
    best = dict(
        Skill.objects.annotate(best=Max("staffskill__level", filter=works_here)).values_list(
            "key", "best"
        )
    )
    return [
        key
        for key, queue in catalogue().queues.items()
        if queue.skill and (best.get(queue.skill) or 0) < queue.skill_level
    ]

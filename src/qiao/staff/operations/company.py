"""Writes: the tree, the people, their roles and preferences."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.core.transactions import required
from qiao.staff.models import (
    Assignment,
    Membership,
    Organisation,
    Region,
    Role,
    Skill,
    Staff,
    StaffSkill,
)


class UnknownPreference(Exception):  # noqa: N818 - names the finding
    """The preference or its value is not one that exists."""


LANGUAGES = ("", "zh-hans", "zh-hant", "en")


def add_organisation(
    *,
    kind: str,
    code: str,
    name: str,
    parent: Organisation | None = None,
    **details: Any,
) -> Organisation:
    """Add a node below `parent` (none: the company). What is not given comes from the parent.

    Raises `django.db.IntegrityError` for a code in use.
    """
    required()
    inherited: dict[str, Any] = {}
    if parent is not None:
        names = ("timezone", "currency", "languages", "region", "packs")
        inherited = {key: getattr(parent, key) for key in names}
    unit = Organisation(
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        path=f"{_placeholder(code)}.",
        **(inherited | details),
    )
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}."
    unit.save(update_fields=["path"])
    return unit


def ensure_team(
    *,
    code: str,
    name: str,
    names: Mapping[str, str],
    duties: Sequence[str],
    areas: Sequence[str],
    timezone: str,
    packs: Sequence[str],
) -> Organisation:
    """The unit of that code, or a new team of that name right below the company.

    In an empty database the company is founded first, under the same name. A unit that is there
    keeps its own name and place, and serves the areas as well.
    """
    required()
    unit = Organisation.objects.filter(code=code).first()
    if unit is not None:
        missing = [area for area in areas if area not in unit.areas]
        if missing:
            unit.areas = [*unit.areas, *missing]
            unit.save(update_fields=["areas"])
        return unit
    company = Organisation.objects.filter(parent=None).order_by("id").first()
    if company is None:
        company = add_organisation(
            kind="company",
            code=f"{code}-company",
            name=name,
            names=dict(names),
            timezone=timezone,
            languages=[language for language in LANGUAGES if language],
            packs=list(packs),
        )
    return add_organisation(
        kind="team",
        code=code,
        name=name,
        parent=company,
        names=dict(names),
        timezone=timezone,
        skills=list(duties),
        areas=list(areas),
        packs=list(packs),
    )


def appoint_clerk(
    *, team: Organisation, number: str, name: str, role: str, now: datetime
) -> Staff:
    """A member of the team with a role there, whom nobody can sign in as; found again by number.

    For what is entered without a person, such as a log from elsewhere. Raises
    `Role.DoesNotExist`.
    """
    required()
    clerk = Staff.objects.filter(number=number).first()
    if clerk is None:
        clerk = hire(organisation=team, number=number, name=name, is_active=True)
        join_team(staff=clerk, team=team)
        assign_role(
            staff=clerk,
            role=Role.objects.get(key=role),
            organisation=team,
            valid_from=timezone.localdate(now),
        )
    return clerk


def _placeholder(code: str) -> str:
    """A unique digit chain for the moment before the id is known."""
    return str(int.from_bytes(code.encode(), "big"))


def define_region(*, code: str, name: str, names: Mapping[str, str]) -> Region:
    """Create the region or bring its words up to date."""
    required()
    region, _ = Region.objects.update_or_create(
        code=code, defaults={"name": name, "names": dict(names)}
    )
    return region


def define_role(
    *, key: str, names: Mapping[str, str], permissions: Sequence[str], home: str
) -> Role:
    """Create the role or bring it up to date."""
    required()
    role, _ = Role.objects.update_or_create(
        key=key,
        defaults={"names": dict(names), "permissions": sorted(set(permissions)), "home": home},
    )
    return role


def hire(
    *,
    organisation: Organisation,
    number: str,
    name: str,
    password: str | None = None,
    **details: Any,
) -> Staff:
    """Take on a person. Without a password only single sign-on (or demo sign-in) lets them in."""
    required()
    return Staff.objects.create_user(
        number, password, organisation=organisation, name=name, **details
    )


def assign_role(
    *,
    staff: Staff,
    role: Role,
    organisation: Organisation,
    valid_from: date,
    valid_to: date | None = None,
) -> Assignment:
    """Give a role in an organisation and all below it, from a day to before another."""
    required()
    return Assignment.objects.create(
        staff=staff, role=role, organisation=organisation, valid=DateRange(valid_from, valid_to)
    )


def join_team(*, staff: Staff, team: Organisation, is_lead: bool = False) -> Membership:
    """Put a person into a team."""
    required()
    return Membership.objects.create(staff=staff, team=team, is_lead=is_lead)


def set_preferences(*, actor: Actor, changes: Mapping[str, str]) -> None:
    """Keep how the person likes the screen: theme, language, single-letter keys.

    Raises `UnknownPreference`.
    """
    required()
    fields: dict[str, Any] = {}
    for key, value in changes.items():
        if key == "theme" and value in Staff.Theme.values:
            fields["theme"] = value
        elif key == "language" and value in LANGUAGES:
            fields["language"] = value
        elif key == "single_keys" and value in {"on", "off"}:
            fields["single_keys"] = value == "on"
        else:
            raise UnknownPreference(f"{key}={value}")
    Staff.objects.filter(id=actor.person_id).update(**fields)


def install_roles() -> None:
    """Create the roles of ``roles.toml`` that do not exist yet, and complete those untouched.

    A pattern such as ``cases.*`` is unfolded over the permissions that manifests declare.
    """
    required()
    known = list(registry.permissions())
    text = (Path(__file__).parents[1] / "roles.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["role"]:
        permissions = [p for p in known if any(fnmatchcase(p, w) for w in entry["permissions"])]
        role = Role.objects.filter(key=entry["key"]).first()
        if role is None or not role.is_customised:
            define_role(
                key=entry["key"], names=entry["name"], permissions=permissions, home=entry["home"]
            )


def install_skills() -> None:
    """Create the skills of the enabled packs, and the languages that people may speak, and bring
    their words up to date."""
    packs = catalogue()
    for key, skill in (*packs.skills.items(), *packs.languages.items()):
        define_skill(key=key, names=skill.name.data())


def define_skill(*, key: str, names: Mapping[str, str]) -> Skill:
    """Create the skill or bring its words up to date."""
    required()
    skill, _ = Skill.objects.update_or_create(key=key, defaults={"names": dict(names)})
    return skill


def give_skill(*, staff: Staff, skill_key: str, level: int) -> None:
    """Say how well a person holds a skill, 0 to 5. Raises `Skill.DoesNotExist`."""
    required()
    skill = Skill.objects.get(key=skill_key)
    StaffSkill.objects.update_or_create(staff=staff, skill=skill, defaults={"level": level})

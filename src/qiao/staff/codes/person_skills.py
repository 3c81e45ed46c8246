"""How well people hold skills: said and rated on their page."""

from datetime import date, datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeAction, CodeField, CodeQuery, CodeRow, Text, Values
from qiao.core.rules.texts import language_key
from qiao.staff import operations
from qiao.staff.codes.refusals import refused
from qiao.staff.models import Skill, Staff

MANAGE: Final = "staff.manage"
LEVELS: Final = (
    pgettext_lazy("skill", "0 · not at all"),
    pgettext_lazy("skill", "1 · learning"),
    pgettext_lazy("skill", "2 · with help"),
    pgettext_lazy("skill", "3 · alone"),
    pgettext_lazy("skill", "4 · well"),
    pgettext_lazy("skill", "5 · teaches others"),
)


def skills_told(person: Staff, query: CodeQuery) -> list[str]:
    """The skills of a person, each with its level."""
    held = person.skills.filter(level__gt=0).select_related("skill").order_by("skill__key")
    return [f"{_skill_name(each.skill, query.language)} · {LEVELS[each.level]}" for each in held]


def _skill_name(skill: Skill, language: str) -> str:
    return str(skill.names.get(language_key(language), skill.key))


def _skill_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    language = translation.get_language() or "en"
    skills = tuple(
        (skill.key, _skill_name(skill, language)) for skill in Skill.objects.order_by("key")
    )
    return (
        CodeField("skill", pgettext_lazy("person", "Skill"), "choice", choices=skills),
        CodeField(
            "level",
            pgettext_lazy("skill", "Level"),
            "choice",
            choices=tuple((str(n), words) for n, words in enumerate(LEVELS)),
            initial="3",
            hint=gettext_lazy("Contacts that ask for it come from their next Ready on."),
        ),
    )


def _rate(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.rate_skill(
            actor=actor,
            now=now,
            number=row_key,
            skill_key=values["skill"],
            level=int(values["level"]),
        )
    return _("The skill is kept.")


RATE_SKILL: Final = CodeAction(
    "skill",
    pgettext_lazy("person", "Rate a skill"),
    "star",
    MANAGE,
    _skill_fields,
    _rate,
    offered=lambda _actor, row: row.is_active,
)

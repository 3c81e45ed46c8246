"""What is offered while one writes on a case, and the values that texts are filled with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.models import Case
from qiao.cases.queries import Mentionable
from qiao.cases.showing import names
from qiao.core.actor import Actor
from qiao.core.rules.names import split_name
from qiao.knowledge.queries import OfferedArticle, OfferedText


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of what is offered. `insert` is what takes the place of what was typed, `other`
    what Shift+Enter inserts; `used` counts the use."""

    title: str
    mark: str
    detail: str
    insert: str
    icon: str = ""
    other: str = ""
    used: str = ""
    badge: str = ""
    tone: str = ""
    warning: str = ""
    person: bool = False


def text_values(case: Case, *, actor: Actor, now: datetime) -> dict[str, str]:
    """What fills the places of a text for this case, in the reader's language."""
    zone = ZoneInfo(case.organisation.timezone)
    customer, unit = case.customer, case.organisation
    return {
        "customer.title": form_of_address(case),
        "customer.name": customer.name if customer else case.caller_name,
        "customer.number": customer.number if customer else "",
        "case.number": case.number,
        "case.type": names.type_name(case.case_type.names),
        "case.title": case.title,
        "case.place": case.place,
        "case.opened": _moment(case.opened_at, zone),
        "due": _moment(case.due_at, zone) if case.due_at else "",
        "agent.name": actor.name,
        "agent.number": actor.number,
        "team.name": names.unit_name(case.team),
        "organisation.name": names.unit_name(unit),
        "organisation.phone": unit.phone,
        "today": f"{timezone.localdate(now, zone):%Y-%m-%d}",
    }


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def form_of_address(case: Case) -> str:
    """How the customer is spoken to: 陈女士, Ms Chen; the whole name where less is known."""
    customer = case.customer
    if customer is None:
        return case.caller_name
    family = split_name(customer.name).surname
    if customer.kind != "person" or not family:
        return customer.name
    if customer.gender == "f":
        return pgettext("form of address", "Ms %(family)s") % {"family": family}
    if customer.gender == "m":
        return pgettext("form of address", "Mr %(family)s") % {"family": family}
    return pgettext("form of address, gender unknown", "%(name)s") % {"name": customer.name}


def text_choice(case: Case, item: OfferedText) -> Choice:
    """A text module, filled for this case."""
    missing = _(", ").join(item.missing)
    return Choice(
        title=item.title,
        mark=f"::{item.key}",
        detail=item.text,
        insert=item.text,
        icon="text-plus",
        used=reverse("cases:text_used", args=[case.pk, item.id]),
        badge=_("fits the type") if item.fits_type else "",
        tone="pri",
        warning=_("No value for: %(places)s") % {"places": missing} if missing else "",
    )


def article_choice(case: Case, item: OfferedArticle) -> Choice:
    """An article: its words to say, or a line that leads to it."""
    address = reverse("knowledge:article", args=[item.id])
    return Choice(
        title=item.title,
        mark=item.category,
        detail=item.said,
        insert=item.said,
        other=pgettext("a line that leads to an article", "“%(title)s” %(address)s")
        % {"title": item.title, "address": address},
        icon=item.icon,
        used=reverse("cases:article_used", args=[case.pk, item.id]),
        badge=_("Emergency") if item.emergency_first else "",
        tone="bad",
    )


def person_choice(person: Mentionable) -> Choice:
    """A colleague, and whether they can read this case at all."""
    detail: list[Any] = [person.title, person.unit]
    return Choice(
        title=person.name,
        mark=person.number,
        detail=" · ".join(filter(None, detail)),
        insert=f"@{person.name} {person.number} ",
        warning="" if person.may_read else _("Is told, but has no right to read this case"),
        person=True,
    )

"""``{% load relations %}``: how households, groups, contact persons and acting are written."""

from typing import Any

from django import forms, template
from django.template.context import Context
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.customers.models import Acting, CustomerGroup
from qiao.customers.rules.relations import tree

register = template.Library()


@register.filter
def as_tree(members: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Members of a panel, each below the one it stands under, with its ``depth``."""
    rows = {each["id"]: each for each in members or ()}
    order = tree([(pk, each["under"]) for pk, each in rows.items()])
    return [{**rows[pk], "depth": depth} for pk, depth in order]


@register.filter
def group_name(group: dict[str, Any]) -> str:
    """The name of a group of a panel; of a household without one, after its head."""
    if group["name"]:
        return str(group["name"])
    heads = [each["name"] for each in group["members"] or () if each["role"] == "head"]
    return _("Household of {name}").format(name=heads[0]) if heads else str(group["number"])


@register.simple_tag
def group_role(kind: str, role: str) -> str:
    """The word for a part in a group: Head, Member; Parent company, Subsidiary."""
    if kind == CustomerGroup.Kind.COMPANY:
        if role == "head":
            return pgettext("group role", "Parent company")
        return pgettext("group role", "Subsidiary")
    if role == "head":
        return pgettext("group role", "Head of household")
    return pgettext("group role", "Member")


@register.filter
def scope(keys: list[str]) -> str:
    """In which matters one acts for another, in words."""
    return " · ".join(str(Acting.Scope(key).label) for key in keys)


@register.filter
def is_picked(value: int, bound: forms.BoundField) -> bool:
    """Whether a choice of a form is chosen."""
    chosen = bound.value()
    wanted = chosen if isinstance(chosen, list) else [chosen]
    return str(value) in {str(each) for each in wanted}


@register.simple_tag(takes_context=True)
def contact_email(context: Context, email: str) -> str:
    """An address with the right to contact, else that there is one."""
    actor = context.get("actor")
    if not email or (actor is not None and actor.can("customers.contact")):
        return email
    return "••••"

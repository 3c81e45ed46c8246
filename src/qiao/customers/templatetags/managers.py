"""``{% load managers %}``: visits and rights of customer managers in templates."""

from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Actor
from qiao.core.ui.marks import badge
from qiao.core.ui.markup import markup
from qiao.customers.models import CustomerVisit
from qiao.customers.queries.managers import may_assign, may_visit
from qiao.customers.rules.managing import overdue_days

register = template.Library()
_RESULTS = {"fine": "ok", "wish": "info", "concern": "bad", "absent": ""}


@register.simple_tag
def visit_result(result: str) -> SafeString:
    """What came of a visit, as a badge."""
    return badge(CustomerVisit.Result(result).label, _RESULTS[result])


@register.simple_tag
def visit_state(state: str) -> SafeString:
    """Whether a visit is ahead, done or left out, as a badge."""
    return badge(CustomerVisit.State(state).label, "info" if state == "planned" else "")


@register.simple_tag
def visit_day(
    day: date, *, planned: bool = False, today: date | None = None, late: bool = False
) -> SafeString:
    """The day of the next visit: a planned one, or one by which the plan wants it; late in red.

    With `today`, the days that it is late are told; without it, `late` says whether it is.
    """
    days = overdue_days(day, today) if today else 0
    text = f"{day:%Y-%m-%d}" if planned else _("by {day}").format(day=f"{day:%Y-%m-%d}")
    if not (late or days):
        return markup('<span class="num nowrap">{}</span>', text)
    words = _("{n} d late").format(n=days) if days else pgettext("visit", "late")
    return markup('<span class="num nowrap">{}</span> {}', text, badge(words, "bad"))


def _actor(context: Context) -> Actor | None:
    found = getattr(context.get("request"), "actor", None)
    return found if isinstance(found, Actor) else None


@register.simple_tag(takes_context=True)
def rights_of_care(context: Context, data: dict[str, Any]) -> dict[str, bool]:
    """What the reader may do by a panel's `data`: ``visit`` and ``assign``, by the rules of the
    operations."""
    actor = _actor(context)
    if actor is None:
        return {"visit": False, "assign": False}
    units, manager = data["units"], data["manager"]
    return {
        "visit": may_visit(actor=actor, manager_id=manager and manager["id"], units=units),
        "assign": may_assign(actor=actor, units=units),
    }

"""``{% load contact_words %}``: how somebody who takes contacts stands, in words."""

from typing import Final

from django import template
from django.utils.translation import pgettext, pgettext_lazy

from qiao.contact.models import AgentState

register = template.Library()
BREAK_WORDS: Final = {
    "rest": pgettext_lazy("break", "Rest"),
    "meal": pgettext_lazy("break", "Meal"),
    "training": pgettext_lazy("break", "Training"),
    "meeting": pgettext_lazy("break", "Meeting"),
    "back_office": pgettext_lazy("break", "Back-office work"),
}


@register.filter
def break_words(reason: str) -> str:
    """The reason of a break."""
    return str(BREAK_WORDS.get(reason, pgettext("agent state", "On a break")))


@register.filter
def standing(agent: AgentState) -> str:
    """How somebody stands; a break by its reason."""
    if agent.state == AgentState.State.BREAK:
        return break_words(agent.reason)
    return str(AgentState.State(agent.state).label)

"""``{% load problems %}``: states and sources of problems in words."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qiao.core.packs.enabled import catalogue
from qiao.core.ui.marks import badge
from qiao.core.wording import said
from qiao.desk.models import Problem
from qiao.desk.problem_words import PROBLEM_SOURCES, PROBLEM_STATES, PROBLEM_TONES

register = template.Library()


@register.simple_tag
def problem_state(problem: Problem) -> SafeString:
    """The state; a fixed one says in which version, one that came back says so."""
    word = str(PROBLEM_STATES[problem.state])
    if problem.state == Problem.State.FIXED:
        word = _("fixed in %(version)s") % {"version": problem.fixed_in}
    elif problem.state == Problem.State.NEW and problem.fixed_in:
        return badge(_("seen again after %(version)s") % {"version": problem.fixed_in}, "bad")
    return badge(word, PROBLEM_TONES.get(problem.state, "line"))


@register.simple_tag
def problem_source(problem: Problem) -> str:
    """Who told of it, where nobody did: pages or jobs."""
    return str(PROBLEM_SOURCES[problem.source])


@register.filter
def role_words(problem: Problem) -> str:
    """The roles in which it was told, as the packs name them."""
    named = catalogue().roles
    keys = [key for key in problem.roles.split(", ") if key]
    return ", ".join(said(named[key].name) if key in named else key for key in keys)

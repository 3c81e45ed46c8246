"""``{% load ui %}``: the parts of `qiao.core.ui` as template tags."""

import re
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from qiao.core.registry import registry
from qiao.core.ui import fields, figures, marks, moments, page
from qiao.core.ui.markup import markup

register = template.Library()

_NAMED = re.compile(r"`([^`\n]+)`")

for tag in (
    marks.icon,
    marks.tier,
    marks.sev,
    marks.chan,
    marks.badge,
    marks.avatar,
    marks.kbd,
    marks.guard,
    marks.mask,
    marks.logo,
    figures.stat,
    figures.figure_link,
    figures.ring,
    figures.gauge,
    figures.meter,
    figures.spark,
    figures.sparkline,
    moments.when,
    moments.elapsed,
    moments.due,
    moments.sla,
    fields.field,
    fields.form_errors,
    page.server_time,
    page.script_texts,
):
    register.simple_tag(tag)

register.filter("figure", figures.figure)
register.filter("quantity", figures.quantity)
register.filter("account_number", figures.account_number)
register.filter("channel_name", marks.channel_name)
register.filter("duration", moments.duration)
register.filter("moment", moments.moment)


@register.filter
def named(text: object) -> SafeString:
    """Prose with the names of fields, files and commands, which stand between grave accents, as
    ``<code>``.

    They are the same in every language, and are not to be translated by a browser either.
    """
    marked = _NAMED.sub(r'<code translate="no">\1</code>', conditional_escape(str(text)))
    return mark_safe(marked)  # noqa: S308 - escaped above


def _request(context: RequestContext | dict[str, Any]) -> HttpRequest | None:
    found = context.get("request")
    return found if isinstance(found, HttpRequest) else None


@register.simple_tag(takes_context=True)
def html_attributes(context: RequestContext) -> SafeString:
    """The attributes of ``<html>``: see `page.html_attributes`."""
    return page.html_attributes(_request(context))


@register.simple_tag(takes_context=True)
def theme(context: RequestContext) -> str:
    """The chosen theme: light, dark or system."""
    return page.chosen_theme(_request(context))


@register.simple_block_tag
def panel(
    content: str,
    title: marks.Text = "",
    span: str = "",
    *,
    note: marks.Text = "",
    anchor: str = "",
) -> SafeString:
    """A panel: ``{% panel "Bills" "s4" %}…{% endpanel %}``.

    `note` stands beside the title, `anchor` is the panel's id.
    """
    return markup(
        '<section class="q-panel{}"{}{}>{}<div class="q-pb">{}</div></section>',
        f" {span}" if span else "",
        markup(' id="{}"', anchor) if anchor else "",
        markup(' aria-label="{}"', title) if title else "",
        markup(
            '<div class="q-ph"><h2>{}</h2>{}</div>',
            title,
            markup('<span class="t3 xs cut">{}</span>', note) if note else "",
        )
        if title
        else "",
        content,
    )


@register.simple_block_tag
def alert(content: str, state: str = "info", icon_name: str = "") -> SafeString:
    """A notice in the page: ``{% alert "warn" %}…{% endalert %}``; info, warn, bad or ok."""
    return markup(
        '<div class="q-alert {}"{}>{}<div class="grow">{}</div></div>',
        "" if state == "info" else state,
        markup(' role="{}"', "alert" if state == "bad" else "note"),
        marks.icon(icon_name or marks.ALERT_ICONS.get(state, "info-circle")),
        content,
    )


class Reached(template.Node):
    """What is drawn only where an address may be reached."""

    child_nodelists = ("inside",)

    def __init__(self, address: str, inside: template.NodeList) -> None:
        self.address, self.inside = address, inside

    def render(self, context: template.Context) -> str:
        """What is inside, or nothing where the address belongs to a feature that is off."""
        actor = getattr(context.get("request"), "actor", None)
        if actor is not None and registry.switched_off(actor, self.address) is not None:
            return ""
        return self.inside.render(context)


@register.tag
def reaches(parser: template.base.Parser, token: template.base.Token) -> Reached:
    """``{% reaches "cases:macros" %}…{% endreaches %}``: drawn where that address is switched on.

    Raises `TemplateSyntaxError` unless one name of an address in quotes is given.
    """
    words = token.split_contents()
    if len(words) != 2 or words[1][0] not in "'\"":
        raise template.TemplateSyntaxError("reaches takes the name of one address")
    inside = parser.parse(("endreaches",))
    parser.delete_first_token()
    return Reached(words[1].strip("'\""), inside)

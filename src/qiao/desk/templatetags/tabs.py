"""Tabs of the strip as its template draws them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.desk.queries.tabs import Strip
from qiao.desk.rules.tabs import MainTab, Open

register = template.Library()
Drawn = dict[str, Any]


def _ids(tab_ids: list[int]) -> str:
    return ".".join(map(str, tab_ids))


@register.filter
def holder_url(tab: MainTab) -> str:
    """The page of a main tab itself: of its customer, or of the one thing that it is."""
    if tab.own:
        return tab.own.url
    holder = tab.inside[0].holder
    return reverse("customers:page", args=[holder]) if holder else tab.inside[0].url


def _icon(tab: MainTab) -> str:
    return "user" if tab.own or tab.inside[0].holder else tab.inside[0].icon


@register.simple_tag
def main_tabs(strip: Strip) -> list[Drawn]:
    """The customers that are open, in their order; each leads to what was looked at last in it."""
    here = next((i for i, tab in enumerate(strip.tabs) if tab.key == strip.here), None)
    keys = {}
    if here is None and strip.tabs:
        keys = {len(strip.tabs) - 1: ","}
    elif here is not None:
        keys = {here - 1: ",", here + 1: "."}
    alone = bool(strip.current and not strip.current.inside)
    return [
        {
            "label": tab.label,
            "url": tab.latest.url,
            "icon": _icon(tab),
            "count": len(tab.inside) if tab.own or tab.inside[0].holder else 0,
            "has_draft": tab.has_draft,
            "ids": _ids(tab.ids),
            "here": place == here,
            "key": keys.get(place, ""),
            "key_label": _("Next customer") if keys.get(place) == "." else _("Previous customer"),
            "closes_by_key": place == here and (alone or _at_own(strip)),
        }
        for place, tab in enumerate(strip.tabs)
    ]


def _at_own(strip: Strip) -> bool:
    own = strip.current.own if strip.current else None
    return bool(own and strip.subject and _is(own, strip))


def _is(each: Open, strip: Strip) -> bool:
    return bool(
        strip.subject
        and (each.kind, each.subject_id) == (strip.subject.kind, strip.subject.subject_id)
    )


@register.simple_tag
def inner_tabs(strip: Strip) -> list[Drawn]:
    """What is open inside the customer at hand, in its order."""
    inside = list(strip.current.inside) if strip.current else []
    here = next((i for i, each in enumerate(inside) if _is(each, strip)), None)
    keys = {0: "l"} if here is None else {here - 1: "h", here + 1: "l"}
    return [
        {
            "label": each.label,
            "title": each.title,
            "url": each.url,
            "icon": each.icon,
            "has_draft": each.has_draft,
            "ids": str(each.tab_id),
            "here": place == here,
            "key": keys.get(place, ""),
            "key_label": _("Next tab") if keys.get(place) == "l" else _("Previous tab"),
            "closes_by_key": place == here,
        }
        for place, each in enumerate(inside)
    ]


@register.simple_tag
def recent_tabs(strip: Strip) -> list[Drawn]:
    """Everything open, customers by when they were looked at, latest first."""
    lines: list[Drawn] = []
    for tab in strip.recent:
        latest = tab.latest
        lines.append(
            {
                "label": tab.label,
                "title": "" if latest is tab.own else f"{latest.label} {latest.title}",
                "url": latest.url,
                "icon": _icon(tab),
                "has_draft": tab.has_draft,
                "here": tab.key == strip.here,
            }
        )
    return lines


@register.simple_tag
def others_of(strip: Strip) -> str:
    """The tabs of the customers that are not at hand and hold no draft."""
    others = (tab for tab in strip.tabs if tab.key != strip.here and not tab.has_draft)
    return _ids([tab_id for tab in others for tab_id in tab.ids])

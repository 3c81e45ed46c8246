"""Finding customers, and the page of one."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import CUSTOMER_TOPICS, Command
from qiao.core.panels import load_panels, load_places
from qiao.core.registry import registry
from qiao.core.rules.ids import read_id
from qiao.core.timeline import load_timeline
from qiao.customers.models import Customer, ProtectedFlag
from qiao.customers.queries import (
    can_see,
    find_customers,
    find_near,
    get_customer_for,
    get_open_segment_for,
    held_as,
    list_customers,
    open_segments,
)
from qiao.customers.queries.listing import narrow_for
from qiao.customers.queries.managers import ASSIGN
from qiao.customers.queries.search import Narrow
from qiao.customers.queries.tags import get_tag, tag_choices
from qiao.customers.templatetags.segments import segment_name

VIEW = "customers.view"
OVERVIEW = CUSTOMER_TOPICS[0][0]
PAGE_SIZE = 30
MOST_HITS = 50
WORK = (
    "customers.duplicates", "customers.numbers", "customers.protection", "customers.documents",
    "customers.managers", "customers.value", "customers.segments", "customers.tags",
    "customers.tier_rules", "customers.erasures",
)  # fmt: skip


@staff_view(VIEW)
def customer_list(request: StaffRequest) -> HttpResponse:
    """All customers, newest first, or those that a text may mean; with near matches if none.

    A tier, a protected flag, a segment and a tag narrow both.
    """
    text = request.GET.get("q", "").strip()[:100]
    narrow = _narrow(request)
    may_edit, may_assign = request.actor.can("customers.edit"), request.actor.can(ASSIGN)
    context: dict[str, Any] = {
        "text": text,
        "tier": narrow.tier,
        "flag": narrow.flag,
        "segment": narrow.segment,
        "tag": narrow.tag,
        "chips": _chips(request, narrow),
        "may_edit": may_edit,
        "may_assign": may_assign,
        "may_pick": may_edit or may_assign,
        "may_import": request.actor.can("customers.import"),
        "may_export": request.actor.can("customers.export"),
        "tiers": Customer.Tier.choices,
        "all_flags": ProtectedFlag.choices,
        "work": _work_lists(request.actor),
    }
    if text:
        hits = find_customers(actor=request.actor, text=text, limit=MOST_HITS, narrow=narrow)
        context["hits"] = hits
        context["is_cut"] = len(hits) == MOST_HITS
        context["near"] = [] if hits else find_near(actor=request.actor, text=text, narrow=narrow)
    else:
        context["page"] = list_customers(
            actor=request.actor,
            after=read_id(request.GET.get("after", "")),
            limit=PAGE_SIZE,
            tier=narrow.tier,
            flag=narrow.flag,
            segment_id=narrow.segment or None,
            tag_id=narrow.tag or None,
        )
    if request.htmx:
        return render(request, "customers/rows.html", context)
    context["segments"] = named_segments(request.actor)
    context["tags"] = tag_choices()
    return render(request, "customers/list.html", context)


def _narrow(request: StaffRequest) -> Narrow:
    """Among whom the reader looks. Raises `NotVisible`."""
    tier, flag = request.GET.get("tier", ""), request.GET.get("flag", "")
    return narrow_for(
        actor=request.actor,
        tier=tier if tier in Customer.Tier.values else "",
        flag=flag if flag in ProtectedFlag.values else "",
        segment_id=read_id(request.GET.get("segment", "")),
        tag_id=read_id(request.GET.get("tag", "")),
    )


def _chips(request: StaffRequest, narrow: Narrow) -> list[tuple[Any, Any, str]]:
    """What narrows the list, in words, with the address of the list without it."""
    told: dict[str, tuple[Any, Any]] = {}
    if narrow.tier:
        told["tier"] = _("Tier"), f"{narrow.tier} {Customer.Tier(narrow.tier).label}"
    if narrow.flag:
        told["flag"] = _("Protected because of"), ProtectedFlag(narrow.flag).label
    if narrow.segment:
        segment = get_open_segment_for(actor=request.actor, segment_id=narrow.segment)
        told["segment"] = _("Segment"), segment_name(segment)
    if narrow.tag:
        told["tag"] = _("Tag"), get_tag(narrow.tag).name
    return [(label, value, _without(request, key)) for key, (label, value) in told.items()]


def _without(request: StaffRequest, key: str) -> str:
    rest = request.GET.copy()
    for name in (key, "after"):
        rest.pop(name, None)
    return f"{reverse('customers:list')}?{rest.urlencode()}"


def _work_lists(actor: Actor) -> list[Command]:
    """Where this reader's other work on customers lies, in the order of `WORK`."""
    commands = {each.key: each for each in registry.commands(actor)}
    return [commands[key] for key in WORK if key in commands]


def named_segments(actor: Actor) -> list[tuple[int, str]]:
    """Segments that narrow a list, by their name in the reader's language."""
    named = [(each.pk, segment_name(each)) for each in open_segments(actor=actor)]
    return sorted(named, key=lambda pair: pair[1])


@staff_view(VIEW)
def customer_page(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The page of one customer, of `?topic=` or the overview.

    A merged row leads to the one who stands for it.
    """
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if customer.pk != customer_id:
        return HttpResponseRedirect(reverse("customers:page", args=[customer.pk]))
    ids = held_as(customer.pk)
    topics = _topics(request.actor)
    topic = request.GET.get("topic", OVERVIEW)
    topic = topic if any(topic == key for key, _label in topics) else OVERVIEW
    places = load_places(
        request.actor,
        ("band", "strip", topic) if topic == OVERVIEW else ("band", topic),
        customer.pk,
        request.now,
        customer_ids=ids,
    )
    panels = places[topic]
    context = {
        "customer": customer,
        "band": places["band"],
        "strip": places.get("strip"),
        "topics": topics,
        "topic": topic,
        "is_overview": topic == OVERVIEW,
        # Two columns of panels of about equal number, on the overview beside the timeline.
        "columns": (panels[::2], panels[1::2]),
        "may_edit": _may_edit(request, customer),
        "may_merge": request.actor.can("customers.merge"),
        "may_protect": request.actor.can("customers.protect"),
        "may_erase": request.actor.can("customers.erase"),
        "may_hold": request.actor.can("customers.hold"),
        "may_access": request.actor.can("customers.subject_access"),
        "place": "customer",
    }
    if topic == OVERVIEW:
        context |= {
            "timeline": load_timeline(request.actor, customer.pk, request.now, customer_ids=ids),
            "sources": _sources(request.actor),
            "only": "",
        }
    return render(request, "customers/page.html", context)


def _topics(actor: Actor) -> list[tuple[str, Any]]:
    """The tabs of the page on which this reader may see anything."""
    return [(key, label) for key, label in CUSTOMER_TOPICS if registry.panels(actor, key)]


def _sources(actor: Actor) -> list[tuple[str, Any]]:
    """Keys of the timeline's sources with the words of their modules."""
    return [
        (source.key, source.label or module.label)
        for module in registry
        for source in module.timeline
        if actor.can(source.permission)
    ]


def _may_edit(request: StaffRequest, customer: Customer) -> bool:
    return request.actor.can("customers.edit") and can_see(
        actor=request.actor, customer_id=customer.pk, permission="customers.edit"
    )


@staff_view(VIEW)
def timeline(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Further rows of the timeline, or those of one source."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    only = request.GET.get("only", "")
    page = load_timeline(
        request.actor,
        customer.pk,
        request.now,
        before=_moment(request.GET.get("before", "")),
        customer_ids=held_as(customer.pk),
        only=only,
    )
    context = {"customer": customer, "timeline": page, "only": only}
    return render(request, "customers/timeline_rows.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@staff_view(VIEW)
def aside(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The customer as the workspace's right side shows them."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    ids = held_as(customer.pk)
    panels = load_panels(request.actor, "aside", customer.pk, request.now, customer_ids=ids)
    context = {"customer": customer, "panels": panels, "place": "aside"}
    return render(request, "customers/aside.html", context)

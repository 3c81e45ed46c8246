"""The contact at hand, as the middle of the workspace shows it; each part is a fragment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from qiao.cases.queries import open_cases_of_customer
from qiao.contact.forms import WRITTEN, CallerForm, WrapUpForm
from qiao.contact.models import Interaction
from qiao.contact.queries import (
    LinkedCase,
    calls_from,
    cases_of,
    draft_of,
    outcome_after,
    outcome_names,
    proposed_reason,
    reason_names,
    scripts_for,
)
from qiao.contact.rules.drafts import Draft, write_seen
from qiao.contact.rules.proposals import Proposal
from qiao.contact.rules.scripts import blocks
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest
from qiao.core.registry import registry
from qiao.core.rules.phones import display
from qiao.customers.queries import PhoneMatch, lines_for, match_phone, shown_phone

MOST_MATCHES = 5
RECENT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Match:
    """A person at a place who may be calling, with the key that chooses them."""

    key: str
    match: PhoneMatch


def language() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


def is_mine(interaction: Interaction, actor: Actor) -> bool:
    """Whether the actor has the contact at hand."""
    return interaction.is_at_hand and interaction.agent_id == actor.staff_id


def head_context(request: StaffRequest, interaction: Interaction) -> dict[str, Any]:
    """Who it is, how they came, and who else it may be."""
    actor = request.actor
    phone = interaction.caller_phone
    is_open = is_mine(interaction, actor) and not (
        interaction.customer_id or interaction.unknown_reason
    )
    found = match_phone(actor=actor, e164=phone, limit=MOST_MATCHES) if is_open and phone else []
    lines = lines_for(actor=actor, customer_ids=[interaction.customer_id or 0])
    since = request.now - timedelta(days=RECENT_DAYS)
    shows_number = actor.can("customers.contact")
    return {
        "interaction": interaction,
        "mine": is_mine(interaction, actor),
        "line": lines.get(interaction.customer_id or 0),
        "phone": shown_phone(actor, phone),
        "matches": [Match(str(n), match) for n, match in enumerate(found, start=1)],
        "asks": is_open,
        "calls": calls_from(actor=actor, phone=phone, since=since),
        "caller_form": CallerForm(
            initial={
                "caller_name": interaction.caller_name,
                "phone": display(phone) if phone and shows_number else "",
                "place": interaction.place,
            }
        ),
        "unknown_choices": Interaction.Unknown.choices,
        "can_teach": bool(phone) and actor.can("customers.edit"),
        "written": interaction.channel in WRITTEN,
        "tools": (tools := tools_for(request, interaction)),
        "ends_by_tool": any(each["data"].get("ends") for each in tools),
    }


def tools_for(request: StaffRequest, interaction: Interaction) -> list[dict[str, Any]]:
    """What other modules let be done with a contact at hand."""
    if not is_mine(interaction, request.actor):
        return []
    found = []
    for each in registry.contact_tools(request.actor):
        data = each.load(actor=request.actor, interaction_id=interaction.pk, now=request.now)
        if data is not None:
            found.append({"template": each.template, "data": data})
    return found


def wrap_up_form(interaction: Interaction, data: Any = None, **kwargs: Any) -> WrapUpForm:
    """The form with the choices of the contact's pack."""
    return WrapUpForm(
        reason_names(interaction, language=language()),
        outcome_names(interaction, language=language()),
        data,
        auto_id=f"wrap-{interaction.pk}-%s",
        **kwargs,
    )


def proposal_for(actor: Actor, interaction: Interaction, text: str) -> Proposal | None:
    """What the contact is probably about, by the words of `text` or the way by which it came."""
    tools = registry.contact_tools(actor)
    told = (each.came(interaction_id=interaction.pk) for each in tools if each.came)
    came = next((each for each in told if each.queue), None)
    return proposed_reason(interaction, text, came=came)


def wrap_context(
    actor: Actor,
    interaction: Interaction,
    cases: list[LinkedCase],
    *,
    form: WrapUpForm | None = None,
    note: str = "",
    draft: Draft | None = None,
) -> dict[str, Any]:
    """The note and what closing needs, with the values that were typed last."""
    kept = draft or draft_of(interaction.pk)
    text = note or kept.note or interaction.summary
    proposal = proposal_for(actor, interaction, text)
    initial = _initial(interaction, kept, cases, proposal)
    return {
        "interaction": interaction,
        "form": form or wrap_up_form(interaction, initial=initial | {"note": text}),
        "differs": kept.differs,
        "seen": write_seen(kept.seen),
        "tab": uuid4().hex[:16],
        "proposal": proposal if proposal and initial["reason"] == proposal.key else None,
        "cases": cases,
    }


def _initial(
    interaction: Interaction, kept: Draft, cases: list[LinkedCase], proposal: Proposal | None
) -> dict[str, str]:
    """What was typed, else what the cases, the words of the note or the queue speak for."""
    last = cases[-1] if cases else None
    outcome = ""
    if last:
        wanted = "case_opened" if last.kind == "opened" else "case_continued"
        outcome = outcome_after(interaction, wanted)
    proposed = last.type_key if last else proposal.key if proposal else ""
    return {
        "reason": kept.fields.get("reason") or interaction.reason or proposed,
        "subject": kept.fields.get("subject")
        or interaction.subject
        or (last.title if last else ""),
        "outcome": kept.fields.get("outcome") or interaction.outcome or outcome,
    }


def side_context(request: StaffRequest, interaction: Interaction) -> dict[str, Any]:
    """The cases that the contact may go on with."""
    cases = []
    if interaction.customer_id and request.actor.can("cases.view"):
        linked = set(interaction.links.values_list("case_id", flat=True))
        found = open_cases_of_customer(actor=request.actor, customer_id=interaction.customer_id)
        cases = [case for case in found if case.case_id not in linked]
    return {
        "interaction": interaction,
        "open_cases": cases,
        "can_open": request.actor.can("cases.open"),
        "case_tab": uuid4().hex[:16],
    }


def scripts(interaction: Interaction, reason: str) -> list[dict[str, Any]]:
    """Scripts in the reader's language, taken apart into blocks."""
    return [
        {
            "title": item.title.in_language(language()),
            "blocks": blocks(item.body.in_language(language())),
        }
        for item in scripts_for(interaction, reason=reason)
    ]


def pane_context(request: StaffRequest, interaction: Interaction) -> dict[str, Any]:
    """Everything the middle shows of one contact."""
    cases = list(cases_of(actor=request.actor, interaction_id=interaction.pk))
    context = head_context(request, interaction) | side_context(request, interaction)
    context["cases"] = cases
    if context["mine"]:
        context |= wrap_context(request.actor, interaction, cases)
        context["scripts"] = scripts(interaction, context["form"].initial.get("reason", ""))
    return context


def render_pane(
    request: StaffRequest, interaction: Interaction, *, status: int = 200
) -> HttpResponse:
    """The whole middle."""
    return render(request, "contact/pane.html", pane_context(request, interaction), status=status)


def render_head(
    request: StaffRequest, interaction: Interaction, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The head alone, after something about the person changed."""
    context = head_context(request, interaction) | {"error": error}
    return render(request, "contact/head.html", context, status=status)


def local_day(interaction: Interaction, moment: datetime) -> date:
    """The day of a moment where the contact belongs."""
    return moment.astimezone(ZoneInfo(interaction.organisation.timezone)).date()

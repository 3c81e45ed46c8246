"""The tier of a customer with its reasons, decisions by hand, and the rule for all."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.tiers import TierForm, TrialForm, WithdrawForm
from qiao.customers.models import Customer
from qiao.customers.operations import ask_for_grading, set_tier, withdraw_tier
from qiao.customers.queries import can_see, get_customer_for, tier_as_of
from qiao.customers.queries.grading import company_zone, local_day
from qiao.customers.queries.tier_rules import (
    counts_by_branch,
    last_run,
    rule_in_words,
    rule_versions,
    try_threshold,
)
from qiao.customers.queries.tier_words import explain, history_in_words
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import change_in_dialog

VIEW, TIER, RULES = "customers.view", "customers.tier", "customers.tier_rules"
EARLIEST = date(2000, 1, 1)


@staff_view(VIEW)
def tier_page(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The tier now, on a past day (`on`), and how it came to be."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if customer.pk != customer_id:
        return HttpResponseRedirect(reverse("customers:tier", args=[customer.pk]))
    day, at = _moment(request)
    standing = tier_as_of(customer_id=customer.pk, at=at)
    language = get_language() or "zh-hans"
    context: dict[str, Any] = {
        "customer": customer,
        "day": day,
        "is_past": at != request.now,
        "earliest": EARLIEST,
        "today": local_day(request.now),
        "shown": explain(standing, language),
        "stood_for_by": standing.customer_id if standing.customer_id != customer.pk else None,
    }
    if request.htmx:
        return render(request, "customers/tier/standing.html", context)
    steps = history_in_words(customer_id=customer.pk, language=language)
    context |= {
        "history": steps,
        "path": [
            {"at": step.decision.at.isoformat(), "tier": step.decision.letter}
            for step in reversed(steps)
        ],
        "may_tier": _may_tier(request, customer),
        "may_rules": request.actor.can(RULES),
        "is_override": standing.override is not None and not context["is_past"],
    }
    return render(request, "customers/tier/page.html", context)


def _moment(request: StaffRequest) -> tuple[date, datetime]:
    """The day asked for and its last moment; now for today, for no day, and for none that was."""
    today = local_day(request.now)
    try:
        asked = parse_date(request.GET.get("on", ""))
    except ValueError:
        asked = None
    if asked is None or not EARLIEST <= asked < today:
        return today, request.now
    return asked, datetime.combine(asked, time.max, company_zone())


def _may_tier(request: StaffRequest, customer: Customer) -> bool:
    return request.actor.can(TIER) and can_see(
        actor=request.actor, customer_id=customer.pk, permission=TIER
    )


@staff_view(TIER, methods=METHODS)
def tier_change(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer into a tier by hand, for a time."""
    return change_in_dialog(
        request,
        customer_id,
        lambda customer, data: TierForm(
            data, initial={"tier": customer.tier}, today=local_day(request.now)
        ),
        lambda customer, data: set_tier(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Set the tier by hand"), _("Set tier"), _("The tier has been set.")),
        back="customers:tier",
    )


@staff_view(TIER, methods=METHODS)
def tier_withdraw(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Take back what was set by hand."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: WithdrawForm(data),
        lambda customer, data: withdraw_tier(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (
            _("Take the tier set by hand back"),
            pgettext("tier", "Take back"),
            _("The tier by the rule holds again."),
        ),
        back="customers:tier",
    )


@staff_view(RULES)
def rules_page(request: StaffRequest) -> HttpResponse:
    """The versions of the rule in words, how customers are spread, and a trial of a threshold."""
    language = get_language() or "zh-hans"
    versions = rule_versions(now=request.now)
    chosen = next(
        (v for v in versions if v.version == request.GET.get("version")),
        next((v for v in versions if v.holds), None),
    )
    context: dict[str, Any] = {
        "versions": versions,
        "chosen": chosen,
        "words": rule_in_words(chosen.spec, language) if chosen else None,
        "counts": counts_by_branch(actor=request.actor),
        "run": last_run(),
        "trial_form": TrialForm(spec=chosen.spec) if chosen else None,
    }
    return render(request, "customers/tier/rules.html", context)


@staff_view(RULES)
def rule_trial(request: StaffRequest) -> HttpResponse:
    """How many of a sample would come into another tier by a changed threshold."""
    versions = rule_versions(now=request.now)
    chosen = next((v for v in versions if v.version == request.GET.get("version")), None)
    form = TrialForm(request.GET, spec=chosen.spec) if chosen else None
    result = None
    if chosen and form and form.is_valid():
        place, least = form.cleaned_data["grade"], form.cleaned_data["at_least"]
        grades = list(chosen.spec.grades)
        grades[place] = replace(grades[place], at_least=least)
        changed = replace(chosen.spec, grades=tuple(grades))
        result = try_threshold(
            actor=request.actor, rule=chosen.spec, changed=changed, now=request.now
        )
    context = {"result": result, "trial_form": form, "chosen": chosen}
    return render(request, "customers/tier/trial.html", context)


@staff_view(RULES, methods=("POST",))
def grade_now(request: StaffRequest) -> HttpResponse:
    """Have everybody graded now instead of at night."""
    if ask_for_grading():
        messages.success(request, _("All customers are being graded. This takes about a minute."))
    else:
        messages.info(request, _("A grading of all customers is waiting or running already."))
    return HttpResponseRedirect(reverse("customers:tier_rules"))

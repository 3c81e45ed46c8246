"""Merging two customers side by side, and taking a merge back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.duplicates import MergeForm
from qiao.customers.models import Merge
from qiao.customers.operations import (
    BadText,
    CustomerRefusal,
    NotMerged,
    merge_customers,
    undo_merge,
)
from qiao.customers.queries import find_customers, get_customer_for
from qiao.customers.queries.comparing import Comparison, compare_customers
from qiao.customers.showing.evidence import words_of
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.words import refusal_words

MERGE = "customers.merge"
MOST_HITS = 12
FIELDS = {
    "name": pgettext_lazy("customer form", "Name"),
    "gender": pgettext_lazy("customer form", "Gender"),
    "tier": pgettext_lazy("customer form", "Tier"),
    "phone": pgettext_lazy("customer form", "First number"),
}


@staff_view(MERGE, methods=METHODS)
def merge_page(request: StaffRequest, one: int, other: int) -> HttpResponse:
    """Two customers field by field: who stands for both, and what of each is kept."""
    comparison = compare_customers(actor=request.actor, one=one, other=other, now=request.now)
    if comparison.first.customer == comparison.second.customer:
        messages.info(request, _("These two are held as one customer already."))
        return HttpResponseRedirect(reverse("customers:page", args=[comparison.first.customer.pk]))
    initial = MergeForm.proposed(comparison) | {"reason": _reason(comparison)}
    form = MergeForm(request.POST or None, comparison=comparison, initial=initial)
    if request.method == "POST" and form.is_valid():
        merge = _merge(request, form)
        if merge is not None:
            messages.success(
                request,
                _("“{merged}” is now held with “{survivor}”. Nothing was rewritten.").format(
                    merged=merge.merged.name, survivor=merge.survivor.name
                ),
                extra_tags=reverse("customers:merge_undo", args=[merge.merged_id]),
            )
            return go_to(request, reverse("customers:page", args=[merge.survivor_id]))
    return _show(request, comparison, form)


def _reason(comparison: Comparison) -> str:
    """What speaks for it, as a start: the heaviest signs in words."""
    if comparison.pair is None:
        return ""
    signs = sorted(comparison.pair.signs, key=lambda sign: -sign.weight)
    return _(", ").join(words_of(sign) for sign in signs[:3] if sign.weight > 0)


def _merge(request: StaffRequest, form: MergeForm) -> Merge | None:
    survivor, merged, choices = form.chosen()
    try:
        return merge_customers(
            actor=request.actor, now=request.now, customer_id=survivor, merged_id=merged,
            reason=form.cleaned_data["reason"], choices=choices,
        )  # fmt: skip
    except (CustomerRefusal, BadText) as refusal:
        form.add_error(None, refusal_words(refusal))
    return None


def _show(request: StaffRequest, comparison: Comparison, form: MergeForm) -> HttpResponse:
    context: dict[str, Any] = {
        "comparison": comparison,
        "sides": (comparison.first, comparison.second),
        "form": form,
        "chosen": {name: str(form[name].value() or "") for name in form.fields},
        "differs": _differing(comparison),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "customers/duplicates/merge.html", context, status=status)


def _differing(comparison: Comparison) -> dict[str, bool]:
    one, other = comparison.first, comparison.second
    first, second = one.customer, other.customer
    return {
        "name": first.name != second.name,
        "gender": first.gender != second.gender,
        "tier": first.tier != second.tier,
        "flags": first.flags != second.flags,
        "phones": {p.number for p in one.phones} != {p.number for p in other.phones},
        "identities": {bytes(i.blind_index) for i in one.identities}
        != {bytes(i.blind_index) for i in other.identities},
        "accounts": {a.address for a in one.accounts} != {a.address for a in other.accounts},
    }


@staff_view(MERGE)
def merge_with(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Look for the other record of a customer, to compare the two."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=MERGE)
    text = request.GET.get("q", customer.name).strip()[:100]
    hits = find_customers(actor=request.actor, text=text, limit=MOST_HITS) if text else []
    context = {
        "customer": customer,
        "text": text,
        "hits": [hit for hit in hits if hit.customer_id != customer.pk],
    }
    part = "with_rows" if request.htmx else "with"
    return render(request, f"customers/duplicates/{part}.html", context)


@staff_view(MERGE, methods=("POST",))
def merge_undo(request: StaffRequest, merged_id: int) -> HttpResponse:
    """Let a merged customer stand for itself again; tells what stays, being changed since."""
    try:
        merge = undo_merge(actor=request.actor, now=request.now, merged_id=merged_id)
    except NotMerged:
        messages.info(request, _("This customer stands for itself already."))
        return go_to(request, reverse("customers:page", args=[merged_id]))
    messages.success(request, _("The two are held as two customers again."))
    if merge.kept:
        kept = _(", ").join(str(FIELDS[field]) for field in merge.kept)
        messages.warning(
            request,
            _("Left as it is on “{name}”, since it was changed after the merge: {fields}.").format(
                name=merge.survivor.name, fields=kept
            ),
        )
    return go_to(request, reverse("customers:page", args=[merge.survivor_id]))

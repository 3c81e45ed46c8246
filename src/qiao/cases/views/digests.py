"""Executives' digest: the day's complaints with their stories, decisions, orders, who has read."""

from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases import operations, queries
from qiao.cases.forms import WordsForm
from qiao.cases.forms.complaints import DECISIONS, DecisionForm
from qiao.cases.models import DigestItem
from qiao.cases.showing import names
from qiao.cases.showing.detail import speech_for
from qiao.cases.showing.history import show_history
from qiao.cases.views.acting import attempt, posted
from qiao.core.http import StaffRequest, staff_view

SHOWN_DAYS: Final = 60
STORY: Final = 12
WHY: Final = {
    "risk": pgettext_lazy("digest", "highest risk"),
    "oldest": pgettext_lazy("digest", "oldest without answer"),
    "chance": pgettext_lazy("digest", "by chance"),
}


@staff_view("cases.view")
def index(request: StaffRequest) -> HttpResponse:
    """The digests of the reader, or of everybody where the reader heads them; open orders."""
    heads = request.actor.can("cases.risk")
    everybody = heads and request.GET.get("whose", "") == "all"
    since = timezone.localdate(request.now) - timedelta(days=SHOWN_DAYS)
    return render(
        request,
        "cases/digest/index.html",
        {
            "rows": queries.digests(actor=request.actor, since=since, everybody=everybody),
            "orders": queries.open_orders(actor=request.actor),
            "decisions": DECISIONS,
            "everybody": everybody,
            "heads": heads,
            "today": timezone.localdate(request.now),
        },
    )


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def show(request: StaffRequest, digest_id: int) -> HttpResponse:
    """One digest with the whole story of each complaint; a POST says that it was read."""
    digest, items = queries.digest_for(actor=request.actor, digest_id=digest_id)
    is_mine = digest.staff_id == request.actor.staff_id
    if request.method == "POST":
        if not is_mine:
            raise Http404(str(digest_id))
        operations.read_digest(digest_id=digest_id, actor=request.actor, now=request.now)
        return HttpResponseRedirect(reverse("cases:digest", args=[digest_id]))
    return render(
        request,
        "cases/digest/show.html",
        {
            "digest": digest,
            "is_mine": is_mine,
            "stories": [_story(request, item, is_mine=is_mine) for item in items],
        },
    )


def _story(request: StaffRequest, item: DigestItem, *, is_mine: bool) -> dict[str, Any]:
    found = queries.case_history(case_id=item.case_id, limit=STORY)
    return {
        "item": item,
        "case": item.case,
        "why": WHY[item.why],
        "type": names.type_name(item.case.case_type.names),
        "step": names.step_name(item.case.process_id, item.case.step),
        "lines": show_history(found.entries, speech_for(item.case)),
        "before": found.before,
        "decision": DECISIONS.get(item.decision, ""),
        "form": _form(request, item) if is_mine and not item.decision else None,
    }


def _form(request: StaffRequest, item: DigestItem, data: Any = None) -> DecisionForm:
    return DecisionForm(
        data,
        people=queries.people(actor=request.actor),
        day=timezone.localdate(request.now) + timedelta(days=3),
        initial={"owner": item.case.assignee_id or item.case.responsible_id},
        auto_id=f"de{item.pk}-%s",
    )


def _item(request: StaffRequest, item_id: int) -> DigestItem:
    item = DigestItem.objects.select_related("digest", "case").filter(pk=item_id).first()
    if item is None or not queries.can_see(actor=request.actor, case_id=item.case_id):
        raise Http404(str(item_id))
    return item


@staff_view("cases.view", methods=("POST",))
def decide(request: StaffRequest, item_id: int) -> HttpResponse:
    """Keep a decision; it becomes an entry of the case."""
    item = _item(request, item_id)
    if item.digest.staff_id != request.actor.staff_id:
        raise Http404(str(item_id))
    form = _form(request, item, request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: operations.decide(
            item_id=item_id,
            decision=form.cleaned_data["decision"],
            words=form.cleaned_data["words"],
            owner_id=form.cleaned_data["owner"],
            due_date=form.cleaned_data["due_date"],
            actor=request.actor,
            now=request.now,
        ),
    ):
        place = f"{reverse('cases:digest', args=[item.digest_id])}#story-{item.place}"
        return HttpResponseRedirect(place)
    story = _story(request, item, is_mine=True) | {"form": form}
    context = {"digest": item.digest, "is_mine": True, "stories": [story]}
    return render(request, "cases/digest/show.html", context, status=422)


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def order(request: StaffRequest, item_id: int) -> HttpResponse:
    """The owner says what was done of an order."""
    item = _item(request, item_id)
    if item.owner_id != request.actor.staff_id:
        raise Http404(str(item_id))
    form = WordsForm(posted(request), label=_("What was done"), limit=1_000, auto_id="or-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.finish_order(
                item_id=item_id,
                words=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return HttpResponseRedirect(reverse("cases:digests"))
    return render(
        request,
        "cases/digest/order.html",
        {"item": item, "case": item.case, "form": form, "decision": DECISIONS[item.decision]},
        status=422 if request.method == "POST" else 200,
    )

"""What waits for a second person: seen with before and after, agreed to or refused."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core import approvals, code_tables, corrections, parameters
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Difference, Text, Told
from qiao.core.models import Approval
from qiao.core.registry import registry
from qiao.core.rules.ids import read_id
from qiao.core.rules.parameters import BadValue
from qiao.desk.administration.forms import DecisionForm
from qiao.desk.administration.frame import DECIDE, UNPROCESSABLE, show
from qiao.desk.administration.values import in_words
from qiao.staff.queries import (
    actor_by_id,
    company_id,
    names_of,
    organisation,
    organisation_names,
)

PAGE_SIZE: Final = 30


def prefixes() -> tuple[str, ...]:
    """Kinds of requests that are decided here, each up to its first dot."""
    others = {f"{kind.partition('.')[0]}." for kind in registry.decisions()}
    own = (parameters.KIND_PREFIX, corrections.KIND_PREFIX, code_tables.KIND_PREFIX)
    return (*own, *sorted(others))


def told(approval: Approval) -> Told:
    """The words of a request of ours."""
    if (other := registry.decisions().get(approval.kind)) is not None:
        return other.tell(approval)
    if not approval.payload:
        return Told(_wordless(approval), "–", "", [])
    if approval.kind.startswith(parameters.KIND_PREFIX):
        return _parameter(approval)
    if approval.kind.startswith(code_tables.KIND_PREFIX):
        return _code(approval)
    return _correction(approval)


def _wordless(approval: Approval) -> Text:
    """What was asked about a person who has been erased; of the rest nothing is kept."""
    if approval.kind.startswith(parameters.KIND_PREFIX):
        return _("Parameter")
    if approval.kind.startswith(code_tables.KIND_PREFIX):
        return _("Code table")
    kind = corrections_by_key().get(approval.kind.removeprefix(corrections.KIND_PREFIX))
    return kind.label if kind else _("Correction")


def _asker(approval: Approval, *, day: date) -> Actor | None:
    """Who asked, with the rights of that day; None for somebody who works here no more."""
    try:
        return actor_by_id(approval.requested_by_id, day=day)
    except ObjectDoesNotExist:
        return None


def _code(approval: Approval) -> Told:
    given = approval.payload
    table_key, action_key = code_tables.split_kind(approval.kind)
    table = registry.code_table(table_key)
    if table is None:
        return Told(_("Code table"), given["title"], "", [])
    action = table.action(action_key)
    day = timezone.localdate(approval.requested_at)
    asker = _asker(approval, day=day)
    fields = action.asked(asker, None, day) if asker else ()
    labels = {each.key: each.label for each in fields}
    changes = [Difference(labels.get(k, k), "", value) for k, value in given["shown"].items()]
    url = reverse("administration:code_row", args=[table_key, given["row"]])
    return Told(action.label, given["title"], url, changes)


def _parameter(approval: Approval) -> Told:
    key, given = approval.kind.removeprefix(parameters.KIND_PREFIX), approval.payload
    try:
        declared = parameters.parameter(key)
    except parameters.UnknownParameter:
        return Told(_("Parameter"), key, "", [])
    currency = organisation(company_id()).currency
    since = date.fromisoformat(given["valid_from"])
    place = _("The whole company")
    if given["organisation_id"]:
        place = organisation(given["organisation_id"]).name
    change = Difference(
        declared.label,
        in_words(declared, given["before"], currency=currency),
        in_words(declared, given["value"], currency=currency),
    )
    note = _("%(place)s, in force from %(day)s") % {"place": place, "day": since.isoformat()}
    url = reverse("administration:parameter", args=[key])
    return Told(_("Parameter"), declared.label, url, [change], note)


def _correction(approval: Approval) -> Told:
    given = approval.payload
    kind = corrections_by_key().get(approval.kind.removeprefix(corrections.KIND_PREFIX))
    fields = {each.key: each for each in kind.fields} if kind else {}

    def shown(key: str, value: str) -> str:
        each = fields.get(key)
        names: Mapping[str, Any] = dict(each.choices) if each else {}
        return str(names.get(value, value))

    changes = [
        Difference(
            fields[key].label if key in fields else key,
            shown(key, change["before"]),
            shown(key, change["after"]),
        )
        for key, change in given["fields"].items()
    ]
    title = f"{given['number']} {given['title']}".strip()
    label = kind.label if kind else _("Correction")
    return Told(label, title, given.get("url", ""), changes, given.get("evidence", ""))


def corrections_by_key() -> Mapping[str, Any]:
    """All kinds of corrections."""
    return registry.corrections()


def requests_for(
    *,
    organisations: tuple[int, ...],
    prefixes: tuple[str, ...],
    state: str,
    after: int | None,
    own_id: int | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of requests, the newest first, and the id after which the next one begins."""
    rows = Approval.objects.filter(kind__regex="^(" + "|".join(p[:-1] for p in prefixes) + r")\.")
    seen = rows.filter(organisation_id__in=organisations)
    rows = seen | rows.filter(requested_by_id=own_id) if own_id else seen
    if state:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    people = names_of(
        {row.requested_by_id for row in page} | {row.decided_by_id or 0 for row in page}
    )
    units = organisation_names({row.organisation_id for row in page})
    lines = [
        {
            "row": row,
            "matter": told(row),
            "asked_by": people.get(row.requested_by_id, ""),
            "decided_by": people.get(row.decided_by_id or 0, ""),
            "unit": units.get(row.organisation_id, ""),
        }
        for row in page
    ]
    return lines, page[-1].pk if len(found) > PAGE_SIZE else None


@staff_view(DECIDE)
def decision_list(request: StaffRequest) -> HttpResponse:
    """What waits, or all that was ever asked."""
    state = request.GET.get("state", "pending")
    state = state if state in {"pending", "all"} else "pending"
    lines, after = requests_for(
        organisations=request.actor.organisations(DECIDE),
        prefixes=prefixes(),
        state="" if state == "all" else state,
        after=read_id(request.GET.get("after", "")),
    )
    context = {"lines": lines, "after": after, "state": state}
    return show(request, "decisions.html", "decisions", context)


def _approval_for(actor: Actor, approval_id: int) -> Approval:
    found = Approval.objects.filter(
        pk=approval_id, organisation_id__in=actor.organisations(DECIDE)
    ).first()
    if found is None or not found.kind.startswith(prefixes()):
        raise Http404(approval_id)
    return found


@staff_view(DECIDE, methods=("GET", "HEAD", "POST"))
def decision_page(request: StaffRequest, approval_id: int) -> HttpResponse:
    """One request with its differences; the second person's word on it."""
    approval = _approval_for(request.actor, approval_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        agrees = request.POST.get("word") == "agree"
        refusal = _decide(request, approval, agrees=agrees, note=form.cleaned_data["note"])
        if not refusal:
            done = _("Agreed to and carried out.") if agrees else _("Refused.")
            messages.success(request, done)
            return HttpResponseRedirect(reverse("administration:decisions"))
        form.add_error(None, refusal)
    people = names_of({approval.requested_by_id, approval.decided_by_id or 0})
    context = {
        "row": approval,
        "matter": told(approval),
        "form": form,
        "asked_by": people.get(approval.requested_by_id, ""),
        "decided_by": people.get(approval.decided_by_id or 0, ""),
        "is_own": approval.requested_by_id == request.actor.staff_id,
    }
    status = UNPROCESSABLE if form.errors else 200
    return show(request, "decision.html", "decisions", context, status=status)


def _decide(request: StaffRequest, approval: Approval, *, agrees: bool, note: str) -> str:
    """Decide and carry out; the refusal in words, or nothing."""
    try:
        with transaction.atomic():
            decided = approvals.decide(
                approval_id=approval.pk,
                approve=agrees,
                note=note,
                actor=request.actor,
                now=request.now,
            )
            carry_out(approval=decided, request=request, agrees=agrees)
    except corrections.RecordChanged as changed:
        return _changed(approval, changed)
    except corrections.BadField as bad:
        return field_refusal(bad.why)
    except code_tables.CodeRefused as refusal:
        return str(refusal.words)
    except tuple(words := _refusals(approval)) as refusal:
        return str(words[type(refusal)])
    return ""


def _refusals(approval: Approval) -> Mapping[type[Exception], Text]:
    other = registry.decisions().get(approval.kind)
    return REFUSALS | dict(other.refusals if other else {})


NO_MORE: Final = gettext_lazy("This cannot be carried out any more. Refuse the request.")
REFUSALS: Final[dict[type[Exception], Text]] = {
    approvals.SamePerson: gettext_lazy(
        "You asked for this yourself. Somebody else has to decide."
    ),
    approvals.AlreadyDecided: gettext_lazy("Somebody decided on this meanwhile."),
    parameters.Stale: gettext_lazy(
        "Another value came to hold meanwhile. Refuse, and have it asked for again."
    ),
    corrections.RecordMissing: gettext_lazy("The record is gone, or merged into another."),
    BadValue: NO_MORE,
    parameters.NothingChanges: NO_MORE,
    parameters.UnknownParameter: NO_MORE,
    code_tables.UnknownAction: NO_MORE,
}


def carry_out(*, approval: Approval, request: StaffRequest, agrees: bool) -> None:
    """Do what was agreed to, or what follows a refusal, in the same transaction."""
    about: dict[str, Any] = {
        "approval": approval, "actor": request.actor, "now": request.now,
    }  # fmt: skip
    if (other := registry.decisions().get(approval.kind)) is not None:
        (other.carry_out if agrees else other.refuse)(**about)
        return
    if agrees and approval.kind.startswith(code_tables.KIND_PREFIX):
        _carry_out_code(approval, request)
        return
    for module in (parameters, corrections):
        if agrees and approval.kind.startswith(module.KIND_PREFIX):
            module.carry_out(**about)


def _carry_out_code(approval: Approval, request: StaffRequest) -> None:
    table_key, action_key = code_tables.split_kind(approval.kind)
    table = registry.code_table(table_key)
    asker = _asker(approval, day=timezone.localdate(request.now))
    if table is None or asker is None:
        raise code_tables.UnknownAction(approval.kind)
    action = table.action(action_key)
    code_tables.carry_out(action=action, approval=approval, requester=asker, now=request.now)


def _changed(approval: Approval, changed: corrections.RecordChanged) -> str:
    kind = corrections.correction(approval.kind.removeprefix(corrections.KIND_PREFIX))
    labels = {each.key: each.label for each in kind.fields}
    newer = "; ".join(f"{labels[key]}: {value or '—'}" for key, value in changed.newer.items())
    return _("The record changed after this was asked. Now it says: %(newer)s") % {"newer": newer}


def field_refusal(why: str) -> str:
    """Why a value of a field cannot stand."""
    words = {
        "taken": _("Another record already has this value."),
        "form": _("This is not written as such a number is."),
        "date": _("This day is not possible."),
        "closed": _("The account was closed before that day."),
        "empty": _("This may not be empty."),
        "organisation": _("An organisation has no gender."),
        "choice": _("Choose one of those offered."),
    }
    return words.get(why, _("This value is not possible."))

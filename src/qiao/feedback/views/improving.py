"""The dialogs that open an improvement and move it on."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from qiao.cases.queries.cause_choices import cause_choices
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.text import BadText
from qiao.feedback.forms.improvements import (
    EffectForm,
    FindingForm,
    LessonForm,
    OwnerForm,
    PlanForm,
    ReasonForm,
    TellForm,
)
from qiao.feedback.improvement_words import change_percent
from qiao.feedback.models import Improvement
from qiao.feedback.operations import improvements as operations
from qiao.feedback.operations.improvements import Finding, ImprovementRefused
from qiao.feedback.operations.telling import tell_by_message
from qiao.feedback.queries.improvements import get_improvement_for
from qiao.feedback.rules.improvements import Period
from qiao.feedback.views.boxes import blame, show_form
from qiao.feedback.views.improvements import WORK, today_of
from qiao.staff.queries import holders_of, units_among

METHODS: Final = ("GET", "HEAD", "POST")
BEFORE_DAYS: Final = 90
MINOR: Final = 100
Apply = Callable[[dict[str, Any]], str | None]


@staff_view(WORK, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """A finding written down by hand, also from a row of the page of causes."""
    actor = request.actor
    today = today_of(request, actor.organisation_id)
    units = units_among(actor.organisations(WORK), language=get_language() or "en")
    owners = holders_of(
        permission=WORK, organisation_ids=[unit.unit_id for unit in units], day=today
    )
    asked = request.GET
    form = FindingForm(
        request.POST if request.method == "POST" else None,
        initial={
            "cause": asked.get("cause", ""),
            "unit": asked.get("unit", actor.organisation_id),
            "owner": actor.staff_id,
            "since": asked.get("since") or today - timedelta(days=BEFORE_DAYS),
            "until": asked.get("until") or today,
        },
        causes=cause_choices(day=today),
        units=[(unit.unit_id, "\u2003" * unit.depth + unit.name) for unit in units],
        owners=[(each.staff_id, f"{each.name} {each.number}") for each in owners],
        auto_id="improvement-%s",
    )

    def apply(data: dict[str, Any]) -> str:
        finding = Finding(
            organisation_id=data["unit"],
            cause_key=data["cause"],
            title=data["title"],
            finding=data["finding"],
            subject=data["subject"],
            owner_id=data["owner"],
            period=Period(data["since"], data["until"]),
        )
        row = operations.open_improvement(finding=finding, actor=actor, now=request.now)
        return reverse("feedback:improvement", args=[row.pk])

    texts = (_("New improvement"), _("Open it"))
    return _box(request, form, apply, texts, back=reverse("feedback:improvements"))


def _box(
    request: StaffRequest,
    form: forms.Form,
    apply: Apply,
    texts: tuple[str, str],
    *,
    back: str,
    text: str = "",
) -> HttpResponse:
    """A form as a dialog or page; applied, it leads to the address given, else back."""
    if form.is_bound and form.is_valid():
        target = back
        try:
            target = apply(form.cleaned_data) or back
        except BadText as bad:
            blame(form, bad)
        except (ImprovementRefused, Forbidden) as refusal:
            form.add_error(None, refusal_words(refusal))
        if not form.errors:
            return lead_on(request, target)
    title, confirm = texts
    return show_form(
        request, "improvements", form, title=title, confirm=confirm, back=back, text=text
    )


def refusal_words(refusal: Exception) -> str:
    """Why it is not possible now."""
    if isinstance(refusal, Forbidden):
        return _("You may not do this in this unit.")
    return {
        "open_already": _("This cause is being worked on there already."),
        "cause": _("There is no such cause."),
        "period": _("These days do not fit: the period lies behind us, at most a year long."),
        "state": _("Somebody else has moved it on meanwhile."),
        "no_action": _("Plan an action first."),
        "too_early": _("The period after the action is not over yet."),
        "not_told": _("Those who complained were not told yet."),
        "base": _("There are no accounts to count against."),
        "nobody": _("Nobody is left who could be told in this way."),
    }[str(refusal)]


def _change(
    form_class: type[forms.Form],
    apply: Callable[..., object],
    texts: Callable[[], tuple[str, str]],
    initial: Callable[[Improvement, date], dict[str, Any]] = lambda _row, _today: {},
    **given: Callable[[Improvement, date], Any],
) -> Callable[..., HttpResponseBase]:
    """A view that asks with a form and runs one operation on the improvement."""

    @staff_view(WORK, methods=METHODS)
    def view(request: StaffRequest, improvement_id: int) -> HttpResponse:
        row = get_improvement_for(
            actor=request.actor, improvement_id=improvement_id, permission=WORK
        )
        today = today_of(request, row.organisation_id)
        form = form_class(
            request.POST if request.method == "POST" else None,
            initial=initial(row, today),
            auto_id="improvement-%s",
            **{key: value(row, today) for key, value in given.items()},
        )

        def run(data: dict[str, Any]) -> None:
            told = apply(
                improvement_id=row.pk, actor=request.actor, now=request.now, **_named(data)
            )
            if isinstance(told, str):
                messages.success(request, told)

        back = reverse("feedback:improvement", args=[row.pk])
        return _box(request, form, run, texts(), back=back, text=row.title)

    return view


def _named(data: dict[str, Any]) -> dict[str, Any]:
    """Fields of the forms by the arguments of the operations."""
    found = dict(data)
    if "cost" in found:
        cost = found.pop("cost")
        found["cost_minor"] = None if cost is None else int(cost * MINOR)
    if "owner" in found:
        found["owner_id"] = found.pop("owner")
    return found


def _owners(row: Improvement, today: date) -> list[tuple[int, str]]:
    held = holders_of(permission=WORK, organisation_ids=[row.organisation_id], day=today)
    return [(each.staff_id, f"{each.name} {each.number}") for each in held]


def _tell(**given: Any) -> str:
    told = tell_by_message(**given)
    said = ngettext(
        "A message to the customer of %(n)d case is on its way.",
        "Messages to the customers of %(n)d cases are on their way.",
        told.queued,
    ) % {"n": told.queued}
    if told.left:
        left = ngettext(
            "%(n)d is left to be told by a person.",
            "%(n)d are left to be told by a person.",
            told.left,
        )
        said += " " + left % {"n": told.left}
    return said


def _tell_words(row: Improvement, _today: date) -> dict[str, Any]:
    change = change_percent(row)
    said = [
        _("You told us about this: %(title)s. We looked into it and acted.") % {"title": row.title}
    ]
    if row.verdict == Improvement.Verdict.PROVED and change is not None:
        fewer = _("Since then there are %(percent)s%% fewer complaints of this kind.")
        said.append(fewer % {"percent": abs(change)})
    said.append(_("Thank you for telling us."))
    return {"subject": _("What came of your complaint"), "text": " ".join(said)}


plan = _change(
    PlanForm,
    operations.add_action,
    lambda: (_("What is done about it?"), _("Plan it")),
    lambda row, _today: {"due_date": row.due_date},
)
effect = _change(
    EffectForm,
    operations.take_effect,
    lambda: (_("Since when is it in effect?"), _("Measure from then on")),
    lambda _row, today: {"effective_date": today},
)
tell = _change(
    TellForm,
    _tell,
    lambda: (_("Tell those who complained"), _("Send the messages")),
    _tell_words,
)
close = _change(
    LessonForm,
    lambda text, **told: operations.close_improvement(lessons=text, **told),
    lambda: (_("Close with what was learnt"), pgettext("improvement", "Close")),
)
drop = _change(
    ReasonForm,
    lambda text, **told: operations.drop_improvement(reason=text, **told),
    lambda: (_("Give it up?"), _("Give it up")),
)
give = _change(
    OwnerForm,
    operations.hand_over,
    lambda: (_("Who takes care of it?"), _("Hand over")),
    lambda row, _today: {"owner": row.owner_id},
    owners=_owners,
)


@staff_view(WORK, methods=("POST",))
def remeasure(request: StaffRequest, improvement_id: int) -> HttpResponse:
    """Take the figure again now, without waiting for the night."""
    return _at_once(
        request,
        improvement_id,
        lambda pk: operations.measure(improvement_id=pk, actor=request.actor, now=request.now),
    )


@staff_view(WORK, methods=("POST",))
def told(request: StaffRequest, improvement_id: int, case_id: int) -> HttpResponse:
    """Keep that a person told the customer of a case, by telephone."""
    return _at_once(
        request,
        improvement_id,
        lambda pk: operations.note_told(
            improvement_id=pk,
            case_ids=[case_id],
            channel="phone",
            actor=request.actor,
            now=request.now,
        ),
    )


def _at_once(
    request: StaffRequest, improvement_id: int, run: Callable[[int], object]
) -> HttpResponse:
    row = get_improvement_for(actor=request.actor, improvement_id=improvement_id, permission=WORK)
    try:
        run(row.pk)
    except ImprovementRefused as refusal:
        messages.error(request, refusal_words(refusal))
    return lead_on(request, reverse("feedback:improvement", args=[row.pk]))

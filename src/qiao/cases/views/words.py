"""Promises in words: written down, kept, withdrawn."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases import queries
from qiao.cases.forms import WordsForm
from qiao.cases.forms.words import WordForm
from qiao.cases.models import Case, CaseWord
from qiao.cases.operations import words as operations
from qiao.cases.queries.words import get_word_for
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import members_of

METHODS = ("GET", "HEAD", "POST")
USUAL = timedelta(hours=3)


@staff_view("cases.work", methods=METHODS)
def give(request: StaffRequest, case_id: int) -> HttpResponse:
    """Write down what was promised to the customer."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    initial = {
        "due": timezone.localtime(request.now + USUAL).replace(minute=0),
        "keeper": request.actor.staff_id,
        "source": request.GET.get("from", ""),
        "text": request.GET.get("text", "")[:300],
    }
    people = _people(request, case)
    form = WordForm(
        posted(request), now=request.now, people=people, initial=initial, auto_id="wd-%s"
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _give(request, case, form))
    ):
        return done(request, case, toast=_("The promise is kept in mind"))
    return dialog(
        request,
        case,
        form,
        title=_("Promised to the customer"),
        text=_("Its own deadline stands in the head of the case and in the list of its keeper."),
        confirm=pgettext("promise in words", "Write it down"),
        status=422 if request.method == "POST" else 200,
    )


def _give(request: StaffRequest, case: Case, form: WordForm) -> CaseWord:
    data = form.cleaned_data
    word = operations.Word(data["text"], data["due"], data["keeper"], data["source"])
    return operations.give_word(case_id=case.pk, word=word, actor=request.actor, now=request.now)


def _people(request: StaffRequest, case: Case) -> list[tuple[int, str]]:
    """The person, the one who works on the case, and its team."""
    found = {request.actor.person_id: request.actor.name}
    for person in (case.assignee, case.responsible, *members_of(case.team_id)):
        if person is not None:
            found.setdefault(person.pk, f"{person.name} {person.number}")
    return list(found.items())


@staff_view("cases.work", methods=("POST",))
def keep(request: StaffRequest, case_id: int, word_id: int) -> HttpResponse:
    """What was promised is done."""
    case, word = _word(request, case_id, word_id)
    try:
        operations.keep_word(word_id=word.pk, actor=request.actor, now=request.now)
    except operations.WordDecided:
        return done(request, case, toast=_("It was decided on already"))
    return done(request, case, toast=_("The promise is done"))


@staff_view("cases.work", methods=METHODS)
def withdraw(request: StaffRequest, case_id: int, word_id: int) -> HttpResponse:
    """Take a promise back while its time runs."""
    case, word = _word(request, case_id, word_id)
    form = WordsForm(posted(request), label=_("Reason"), limit=300, auto_id="ww-%s")
    if word.state != CaseWord.State.OPEN or word.due_at <= request.now:
        return done(request, case, toast=_("It was decided on already"))
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.withdraw_word(
                word_id=word.pk,
                reason=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("The promise is withdrawn"))
    return dialog(
        request,
        case,
        form,
        title=_("Withdraw the promise"),
        text=word.text,
        confirm=pgettext("promise in words", "Withdraw"),
        tone="btn-danger",
        status=422 if request.method == "POST" else 200,
    )


def _word(request: StaffRequest, case_id: int, word_id: int) -> tuple[Case, CaseWord]:
    """The case whose page it is, and a promise of it or of one merged into it."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        return case, get_word_for(actor=request.actor, case_id=case_id, word_id=word_id)
    except CaseWord.DoesNotExist as error:
        raise Http404(str(word_id)) from error

"""Articles: searching, reading, proposing, deciding, marking."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.approvals import AlreadyPending, SamePerson
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge import operations, queries
from qiao.knowledge.forms import LONGEST_QUERY, ArticleForm, DecisionForm, MarkForm, field_of
from qiao.knowledge.models import Article, ArticleVersion
from qiao.knowledge.queries.reading import proposals
from qiao.knowledge.views.choices import category_choices, type_choices, unit_choices
from qiao.knowledge.words import LANGUAGES, category_name, language_of
from qiao.staff.queries import company_id

VIEW, WRITE, KEEP = "knowledge.view", "knowledge.write", "knowledge.keep"
UNPROCESSABLE = 422
METHODS = ("GET", "HEAD", "POST")


def _today(request: StaffRequest) -> Any:
    return timezone.localdate(request.now)


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Search and shelves; while one types only the lines are renewed."""
    text = request.GET.get("q", "")[:LONGEST_QUERY]
    category = request.GET.get("category", "")
    today = _today(request)
    context: dict[str, Any] = {
        "text": text,
        "category": category,
        "articles": queries.find_articles(
            actor=request.actor, today=today, text=text, category=category, limit=100
        ),
    }
    if request.htmx and request.headers.get("HX-Target") == "kb-lines":
        return render(request, "knowledge/_lines.html", context)
    counts = queries.category_counts(actor=request.actor, today=today)
    context |= {
        "shelves": [(key, item.icon, counts.get(key, 0)) for key, item in _shelves()],
        "total": sum(counts.values()),
        "proposals": proposals(actor=request.actor),
        "may_write": request.actor.can(WRITE),
    }
    return render(request, "knowledge/list.html", context)


def _shelves() -> Any:
    return queries.categories().items()


@staff_view(VIEW)
def article(request: StaffRequest, article_id: int) -> HttpResponse:
    """One article, in the reader's language or the one asked for."""
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    wanted = request.GET.get("language", "")
    return render(request, "knowledge/article.html", _article_context(request, found, wanted))


def _article_context(
    request: StaffRequest, found: Article, wanted: str = "", mark: forms.Form | None = None
) -> dict[str, Any]:
    language = language_of(found.titles, wanted)
    actor = request.actor
    return {
        "article": found,
        "language": language,
        "languages": [(key, LANGUAGES[key]) for key in DATA_KEYS if found.titles.get(key)],
        "title": found.titles.get(language, ""),
        "body": found.bodies.get(language, ""),
        "versions": queries.article_versions(found),
        "pending": queries.pending_version(found),
        "marks": queries.article_marks(found),
        "mark_form": mark or MarkForm(auto_id="mark-%s"),
        "may_write": actor.can(WRITE),
        "may_keep": actor.can_in(KEEP, found.organisation_id or company_id()),
        "may_decide": actor.can_in("core.approve", found.organisation_id or company_id()),
        "types": dict(type_choices()),
    }


@staff_view(VIEW)
def version(request: StaffRequest, article_id: int, number: int) -> HttpResponse:
    """One version as it was, or as it is proposed."""
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    shown = next((v for v in queries.article_versions(found) if v.number == number), None)
    if shown is None:
        raise Http404(str(number))
    language = language_of(shown.titles, request.GET.get("language", ""))
    context = {
        "article": found,
        "shown": shown,
        "language": language,
        "languages": [(key, LANGUAGES[key]) for key in DATA_KEYS if shown.titles.get(key)],
        "title": shown.titles.get(language, ""),
        "body": shown.bodies.get(language, ""),
        "now_body": found.bodies.get(language, ""),
        "may_decide": request.actor.can_in("core.approve", found.organisation_id or company_id())
        and shown.written_by_id != request.actor.staff_id,
        "asked": queries.pending_request(found),
    }
    return render(request, "knowledge/version.html", context)


@staff_view(WRITE, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """Propose a new article."""
    return _edit(request, None)


@staff_view(WRITE, methods=METHODS)
def edit(request: StaffRequest, article_id: int) -> HttpResponse:
    """Propose other words for an article."""
    return _edit(request, queries.get_article_for(actor=request.actor, article_id=article_id))


def _edit(request: StaffRequest, found: Article | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = ArticleForm(
        posted,
        categories=category_choices(),
        types=type_choices(),
        units=[] if found else unit_choices(request, WRITE),
        initial=_initial(request, found),
        auto_id="article-%s",
    )
    if posted is not None and form.is_valid() and (proposed := _propose(request, form, found)):
        messages.success(request, _("Proposed. It is published when a second person agrees."))
        where = [proposed.article_id, proposed.number]
        return HttpResponseRedirect(reverse("knowledge:version", args=where))
    context = {"form": form, "article": found, "title": _title(found)}
    status = 200 if posted is None else UNPROCESSABLE
    return render(request, "knowledge/edit.html", context, status=status)


def _title(found: Article | None) -> str:
    return _("Propose a change") if found else _("Propose an article")


def _initial(request: StaffRequest, found: Article | None) -> dict[str, Any]:
    if found is None:
        return {"category": request.GET.get("category", "")}
    waiting = queries.pending_version(found)
    own = waiting if waiting and waiting.written_by_id == request.actor.staff_id else None
    source: ArticleVersion | Article = own or found
    facts = own.facts if own else {}
    names = ("category", "case_types", "emergency_first", "valid_from", "valid_until")
    initial = {name: facts.get(name, getattr(found, name)) for name in names}
    initial |= {"words": source.words, "note": own.note if own else ""}
    for key in DATA_KEYS:
        initial[field_of("title", key)] = source.titles.get(key, "")
        initial[field_of("body", key)] = source.bodies.get(key, "")
    return initial


def _propose(
    request: StaffRequest, form: ArticleForm, found: Article | None
) -> ArticleVersion | None:
    data = form.cleaned_data
    try:
        return operations.propose_article(
            wording=operations.Wording(
                form.texts("title"), form.texts("body"), data["words"], data["note"]
            ),
            facts=operations.Facts(
                category=data["category"],
                case_types=tuple(data["case_types"]),
                emergency_first=data["emergency_first"],
                valid_from=data["valid_from"],
                valid_until=data["valid_until"],
            ),
            article_id=found.pk if found else None,
            organisation_id=data.get("organisation"),
            actor=request.actor,
            now=request.now,
        )
    except BadText as bad:
        place = bad.field if bad.field in form.fields else None
        form.add_error(place, _(bad.message) % bad.params)
    except operations.NoWords:
        form.add_error(None, _("Each language needs both a title and a text; one is enough."))
    except (operations.ProposalWaits, AlreadyPending):
        form.add_error(None, _("Somebody else's proposal for this article waits for a decision."))
    return None


@staff_view(WRITE, methods=("POST",))
def preview(request: StaffRequest) -> HttpResponse:
    """How a text will look: nothing is kept."""
    key = request.POST.get("preview", "")
    language = key if key in DATA_KEYS else DATA_KEYS[0]
    context = {
        "title": request.POST.get(field_of("title", language), "")[:80],
        "body": request.POST.get(field_of("body", language), "")[:20_000],
    }
    return render(request, "knowledge/_preview.html", context)


@staff_view("core.approve", methods=("POST",))
def decide(request: StaffRequest, article_id: int) -> HttpResponse:
    """Publish what waits, or refuse it."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=UNPROCESSABLE)
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    agreed = form.cleaned_data["approve"]
    try:
        operations.decide_version(
            article_id=found.pk,
            approve=agreed,
            note=form.cleaned_data["note"],
            request_id=form.cleaned_data["request"],
            actor=request.actor,
            now=request.now,
        )
    except SamePerson:
        messages.error(request, _("A second person has to decide."))
    except operations.Rewritten:
        text = _("The author wrote the proposal anew meanwhile. Please read it again.")
        messages.error(request, text)
    except operations.NothingPending:
        messages.info(request, _("Nothing waits for a decision any more."))
    else:
        messages.success(request, _("Published.") if agreed else _("Refused."))
    return HttpResponseRedirect(reverse("knowledge:article", args=[article_id]))


@staff_view(VIEW, methods=("POST",))
def mark(request: StaffRequest, article_id: int) -> HttpResponse:
    """Say that it was useful, or out of date."""
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    form = MarkForm(request.POST, auto_id="mark-%s")
    if not form.is_valid():
        context = _article_context(request, found, mark=form)
        template = "knowledge/_marks.html" if request.htmx else "knowledge/article.html"
        return render(request, template, context, status=UNPROCESSABLE)
    operations.mark_article(
        article_id=found.pk, actor=request.actor, now=request.now, **form.cleaned_data
    )
    if not request.htmx:
        return HttpResponseRedirect(reverse("knowledge:article", args=[article_id]))
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    context = _article_context(request, found) | {"thanked": True}
    return render(request, "knowledge/_marks.html", context)


@staff_view(KEEP, methods=("POST",))
def retire(request: StaffRequest, article_id: int) -> HttpResponse:
    """Take an article off the shelves, or put it back."""
    found = queries.get_article_for(actor=request.actor, article_id=article_id)
    back = request.GET.get("back") == "1"
    operations.retire_article(article_id=found.pk, actor=request.actor, is_active=back)
    url = reverse("knowledge:retire", args=[article_id])
    if back:
        messages.success(request, _("%(name)s is on its shelf again.") % {"name": _name(found)})
    else:
        messages.success(
            request, _("%(name)s is off the shelves.") % {"name": _name(found)},
            extra_tags=f"{url}?back=1",
        )  # fmt: skip
    return HttpResponseRedirect(reverse("knowledge:article", args=[article_id]))


def _name(found: Article) -> str:
    return found.titles.get(language_of(found.titles), "") or category_name(found.category)

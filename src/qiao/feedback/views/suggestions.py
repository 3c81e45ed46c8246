"""Pages of suggestions: the list, one as a story, the figures of a period."""

from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.dates import read_date
from qiao.core.wording import from_names
from qiao.feedback import suggestion_words as words
from qiao.feedback.models import Suggestion
from qiao.feedback.queries import suggestions as queries
from qiao.feedback.rules.suggestions import telling_pieces
from qiao.staff.queries import local_days

VIEW, WORK, ENTER = "suggestions.view", "suggestions.work", "suggestions.enter"
REPORT_DAYS: Final = 365


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """The list: those to be screened first, then by state."""
    actor, query = request.actor, request.GET
    view = query.get("view", "waiting")
    asked = queries.Asked(
        view=view if view in queries.VIEWS else "waiting",
        text=query.get("q", ""),
        category=query.get("category", ""),
        source=query.get("source", ""),
        order=query.get("order", "old" if view == "waiting" else "new"),
    )
    after = query.get("after", "")[:200]
    rows, following = queries.list_suggestions(actor=actor, asked=asked, after=after)
    counts = queries.state_counts(actor=actor)
    context = {
        "rows": [words.line_of(row) for row in rows],
        "asked": asked,
        "tabs": [
            ("waiting", Suggestion.Screening.WAITING.label, counts["waiting"]),
            *((each.value, each.label, counts[each.value]) for each in Suggestion.State),
            ("all", pgettext("suggestions", "All"), counts["all"]),
        ],
        "categories": Suggestion.Category.choices,
        "sources": Suggestion.Source.choices,
        "orders": [
            ("new", _("Newest first")),
            ("old", _("Longest waiting first")),
            ("votes", _("Most voices first")),
        ],
        "following": following,
        "may_enter": actor.can(ENTER),
    }
    return render(request, "feedback/suggestions/list.html", context)


@staff_view(VIEW)
def detail(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """One suggestion as a story."""
    actor = request.actor
    row = queries.get_suggestion_for(actor=actor, suggestion_id=suggestion_id)
    may_work = actor.can_in(WORK, row.organisation_id)
    stands = row.joined_into_id is None
    context: dict[str, Any] = {
        **words.line_of(row),
        "unit": from_names(row.organisation.names, row.organisation.name),
        "story": words.story_words(queries.story_of(row)),
        "answers": row.answers.select_related("written_by").order_by("-written_at"),
        "pending": row.answers.filter(state="pending").exists(),
        "joined": row.joined.order_by("pk"),
        "likely": queries.likely_same(row=row, actor=actor) if may_work and stands else [],
        "followers": queries.follower_count(row),
        "telling": telling_pieces(f"{row.title} {row.text}"),
        "may_work": may_work,
        "contact": words.contact_of(row)
        if actor.can_in("customers.contact", row.organisation_id)
        else (),
    }
    return render(request, "feedback/suggestions/detail.html", context)


@staff_view(VIEW)
def report(request: StaffRequest) -> HttpResponse:
    """What a period brought: number, time to answer, share done, most wanted, authors."""
    today = local_days(request.now)[request.actor.organisation_id]
    until = _day(request.GET.get("until", ""), today)
    since = min(_day(request.GET.get("since", ""), until - timedelta(days=REPORT_DAYS)), until)
    found = queries.figures_of(actor=request.actor, since=since, until=until)
    context = {
        "found": found,
        "since": since,
        "until": until,
        "share_done": round(100 * found.done / found.received) if found.received else None,
        "share_answered": round(100 * found.answered / found.received) if found.received else None,
        "sources": [
            (key, Suggestion.Source(key).label, n)
            for key, n in sorted(found.by_source.items(), key=lambda item: -item[1])
        ],
        "wanted": [words.line_of(row) for row in found.wanted],
    }
    return render(request, "feedback/suggestions/report.html", context)


def _day(text: str, otherwise: date) -> date:
    try:
        return read_date(text)
    except ValueError:
        return otherwise

"""One article or text with its history; lists for those who keep them."""

from datetime import date
from typing import Final

from django.db.models import Count, Q
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.models import Approval
from qiao.knowledge.models import Article, ArticleMark, ArticleVersion, TextModule

KIND: Final = "article.publish"  # of the requests to a second person
SHOWN_MARKS: Final = 20
PAGE: Final = 50


class NotVisible(Http404):
    """There is no such thing for this person."""


def get_article_for(*, actor: Actor, article_id: int) -> Article:
    """An article with its people and counts. Raises `NotVisible`."""
    rows = Article.objects.visible_to(actor).select_related(
        "kept", "written_by", "approved_by", "organisation"
    )
    found = rows.filter(pk=article_id).first()
    if found is None or (not found.version and not _is_ones_own(found, actor)):
        raise NotVisible(f"article {article_id}")
    return found


def _is_ones_own(article: Article, actor: Actor) -> bool:
    """Whether somebody may see what was never published: its author, and who decides."""
    if actor.can("core.approve"):
        return True
    return article.versions.filter(written_by_id=actor.staff_id).exists()


def article_versions(article: Article) -> list[ArticleVersion]:
    """All versions, the newest first."""
    rows = article.versions.select_related("written_by", "decided_by")
    return list(rows.order_by("-number"))


def pending_version(article: Article) -> ArticleVersion | None:
    """The proposal that waits for a second person."""
    rows = article.versions.filter(state=ArticleVersion.State.PENDING)
    return rows.select_related("written_by").first()


def pending_request(article: Article) -> int | None:
    """The id of the request that waits for a second person."""
    rows = Approval.objects.filter(kind=KIND, subject_id=article.pk, state=Approval.State.PENDING)
    return rows.values_list("pk", flat=True).first()


def article_marks(article: Article) -> list[ArticleMark]:
    """What readers said of the published version to be out of date, the newest first."""
    rows = article.marks.filter(version=article.version, kind=ArticleMark.Kind.OUTDATED)
    return list(rows.select_related("staff").order_by("-at")[:SHOWN_MARKS])


def category_counts(*, actor: Actor, today: date) -> dict[str, int]:
    """How many articles each shelf holds for the actor today."""
    rows = (
        Article.objects.visible_to(actor)
        .filter(is_active=True, version__gt=0)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today))
    )
    return dict(rows.values_list("category").annotate(n=Count("pk")))


def proposals(*, actor: Actor) -> list[ArticleVersion]:
    """What waits: one's own proposals, and all that one may decide on."""
    waiting = ArticleVersion.objects.filter(
        state=ArticleVersion.State.PENDING, article__in=Article.objects.visible_to(actor)
    )
    if not actor.can("core.approve"):
        waiting = waiting.filter(written_by_id=actor.staff_id)
    return list(waiting.select_related("article", "written_by").order_by("-written_at")[:PAGE])


def get_text_for(*, actor: Actor, text_id: int) -> TextModule:
    """A text module that the actor may insert. Raises `NotVisible`."""
    rows = TextModule.objects.visible_to(actor).select_related("kept", "organisation")
    found = rows.filter(pk=text_id).first()
    if found is None:
        raise NotVisible(f"text {text_id}")
    return found


def text_list(*, actor: Actor, retired: bool = False, after: int = 0) -> list[TextModule]:
    """A page of the texts that the actor may insert, by key; of those retired, if asked."""
    rows = TextModule.objects.visible_to(actor).filter(is_active=not retired)
    ordered = rows.select_related("kept", "organisation", "changed_by").order_by("key", "pk")
    return list(ordered[after : after + PAGE + 1])

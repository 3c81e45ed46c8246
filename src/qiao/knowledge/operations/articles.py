"""Articles: proposed by one person, published by another, marked by whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Max

from qiao.core import approvals
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.knowledge.models import Article, ArticleKept, ArticleMark, ArticleVersion
from qiao.knowledge.operations.wording import NotOffered, by_language, keep_findable
from qiao.knowledge.queries.reading import KIND
from qiao.staff.queries import company_id

WRITE: Final = "knowledge.write"
KEEP: Final = "knowledge.keep"
BODY_LENGTH: Final = 20_000
NOTE_LENGTH: Final = 500


class ProposalWaits(Exception):  # noqa: N818 - names the finding
    """Somebody else's proposal for this article waits for a second person."""


class Rewritten(Exception):  # noqa: N818 - names the finding
    """What was read is not what waits any more: its author wrote it anew."""


class NothingPending(Exception):  # noqa: N818 - names the finding
    """No proposal of this article waits."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an article: titles and Markdown by language, search words, why it changed."""

    titles: Mapping[str, str]
    bodies: Mapping[str, str]
    words: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an article says beside its words."""

    category: str
    case_types: tuple[str, ...] = ()
    emergency_first: bool = False
    valid_from: date | None = None
    valid_until: date | None = None

    def data(self) -> dict[str, Any]:
        """The form in which a version keeps them."""
        return {
            "category": self.category,
            "case_types": list(self.case_types),
            "emergency_first": self.emergency_first,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


def propose_article(
    *,
    wording: Wording,
    facts: Facts,
    actor: Actor,
    now: datetime,
    article_id: int | None = None,
    organisation_id: int | None = None,
) -> ArticleVersion:
    """Propose other words for an article, or a new one; it is published when a second person
    agrees. One's own proposal that still waits is written anew and asked for anew: nobody agrees
    to words that they did not read.

    Raises `Forbidden`, `ProposalWaits`, `NoWords`, `BadText`, `Article.DoesNotExist`.
    """
    required()
    actor.require(WRITE)
    titles, bodies = by_language(wording.titles, wording.bodies, body_length=BODY_LENGTH)
    before = None
    if article_id is not None:
        before = approvals.pending_request(kind=KIND, subject_id=article_id)
    article = _article(article_id, organisation_id, facts, titles, actor)
    version = _pending(article, actor)
    version.titles, version.bodies = titles, bodies
    version.words = clean(wording.words, field="words", max_length=400, one_line=True)
    version.note = clean(wording.note, field="note", max_length=NOTE_LENGTH)
    version.facts, version.written_at = facts.data(), now
    version.save()
    if before is not None:
        approvals.withdraw(before, actor=actor, now=now)
    approvals.request_approval(
        kind=KIND,
        subject_id=article.pk,
        organisation_id=article.organisation_id or company_id(),
        payload={"version": version.number},
        reason=version.note,
        actor=actor,
        now=now,
    )
    return version


def _article(
    article_id: int | None,
    organisation_id: int | None,
    facts: Facts,
    titles: Mapping[str, str],
    actor: Actor,
) -> Article:
    if article_id is not None:
        return Article.objects.visible_to(actor).select_for_update().get(pk=article_id)
    if organisation_id is not None:
        actor.require(WRITE, organisation_id)
    article = Article.objects.create(
        key="", organisation_id=organisation_id, category=facts.category, titles=dict(titles)
    )
    article.key = f"own.{article.pk}"
    article.save(update_fields=["key"])
    ArticleKept.objects.create(article=article)
    return article


def _pending(article: Article, actor: Actor) -> ArticleVersion:
    waiting = article.versions.filter(state=ArticleVersion.State.PENDING).first()
    if waiting is not None:
        if waiting.written_by_id != actor.person_id:
            raise ProposalWaits(article.key)
        return waiting
    newest = article.versions.aggregate(n=Max("number"))["n"] or 0
    return ArticleVersion(
        article=article,
        number=newest + 1,
        state=ArticleVersion.State.PENDING,
        written_by_id=actor.person_id,
    )


def decide_version(
    *,
    article_id: int,
    approve: bool,
    note: str,
    actor: Actor,
    now: datetime,
    request_id: int | None = None,
) -> Article:
    """Publish or refuse what waits, as a second person. `request_id` is the request whose words
    the person read.

    Raises `NothingPending`, `Rewritten`, `Forbidden`, `qiao.core.approvals.SamePerson`.
    """
    required()
    waiting = approvals.pending_request(kind=KIND, subject_id=article_id)
    if waiting is None or not Article.objects.visible_to(actor).filter(pk=article_id).exists():
        raise NothingPending(str(article_id))
    if request_id not in (None, waiting.pk):
        raise Rewritten(str(article_id))
    approvals.decide(approval_id=waiting.pk, approve=approve, note=note, actor=actor, now=now)
    if approve:
        return publish(article_id=article_id, actor=actor, now=now)
    return refuse(article_id=article_id, actor=actor, now=now)


def publish(*, article_id: int, actor: Actor, now: datetime) -> Article:
    """What was agreed to is the article from now on."""
    article = Article.objects.select_for_update().get(pk=article_id)
    version = _decided(article, ArticleVersion.State.PUBLISHED, actor, now)
    article.is_edited = article.is_edited or bool(article.pack)
    put_version(article, version)
    return article


def refuse(*, article_id: int, actor: Actor, now: datetime) -> Article:
    """What was refused stays in the history."""
    article = Article.objects.select_for_update().get(pk=article_id)
    _decided(article, ArticleVersion.State.REFUSED, actor, now)
    return article


def _decided(article: Article, state: str, actor: Actor, now: datetime) -> ArticleVersion:
    version = article.versions.filter(state=ArticleVersion.State.PENDING).first()
    if version is None:
        raise NothingPending(article.key)
    version.state, version.decided_by_id, version.decided_at = state, actor.person_id, now
    version.save()
    return version


def put_version(article: Article, version: ArticleVersion) -> None:
    """Copy a version onto its article, with what it is found by; marks begin anew."""
    facts = version.facts
    article.version, article.words = version.number, version.words
    article.titles, article.bodies = version.titles, version.bodies
    article.category, article.case_types = facts["category"], facts["case_types"]
    article.emergency_first = facts["emergency_first"]
    article.valid_from, article.valid_until = facts["valid_from"], facts["valid_until"]
    article.written_by_id, article.approved_by_id = version.written_by_id, version.decided_by_id
    article.published_at = version.decided_at
    keep_findable(article, *version.words.split())
    article.save()
    ArticleKept.objects.filter(article=article).update(useful_count=0, outdated_count=0)


def retire_article(*, article_id: int, actor: Actor, is_active: bool = False) -> Article:
    """Take an article off the shelves, or put it back. Raises `Forbidden`,
    `Article.DoesNotExist`."""
    required()
    article = Article.objects.visible_to(actor).select_for_update().get(pk=article_id)
    actor.require(KEEP, article.organisation_id or company_id())
    article.is_active, article.is_edited = is_active, article.is_edited or bool(article.pack)
    article.save(update_fields=["is_active", "is_edited"])
    return article


_KEPT: Final = """
UPDATE knowledge_articlekept k
   SET useful_count = (SELECT count(*) FROM knowledge_articlemark m
                        WHERE m.article_id = a.id AND m.version = a.version AND m.kind = 'useful'),
       outdated_count = (SELECT count(*) FROM knowledge_articlemark m
                          WHERE m.article_id = a.id AND m.version = a.version
                            AND m.kind = 'outdated')
  FROM knowledge_article a
 WHERE a.id = %(article)s AND k.article_id = a.id
"""


def mark_article(
    *, article_id: int, kind: str, note: str = "", actor: Actor, now: datetime
) -> ArticleMark:
    """Say that an article was useful, or that it is out of date and why.

    The same person says each once of a version; saying it again replaces the note. Raises
    `Article.DoesNotExist`, `BadText`, `ValueError` for another kind.
    """
    required()
    article = Article.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=article_id)
    mark, _made = ArticleMark.objects.update_or_create(
        article=article,
        version=article.version,
        kind=ArticleMark.Kind(kind).value,
        staff_id=actor.person_id,
        defaults={"note": clean(note, field="note", max_length=NOTE_LENGTH), "at": now},
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"article": article.pk})
    return mark


def use_article(*, article_id: int, actor: Actor) -> None:
    """Count that words of an article were inserted. Raises `NotOffered`."""
    required()
    if not Article.objects.visible_to(actor).filter(pk=article_id).exists():
        raise NotOffered(str(article_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE knowledge_articlekept SET use_count = use_count + 1 WHERE article_id = %s",
            [article_id],
        )

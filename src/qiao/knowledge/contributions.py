"""The parts of other modules' pages that knowledge brings: rail, search, decisions, trail."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    Decidable,
    Difference,
    Hit,
    NavItem,
    Permission,
    SearchSource,
    Told,
)
from qiao.core.models import Approval
from qiao.knowledge.models import Article, ArticleVersion
from qiao.knowledge.operations.articles import NothingPending, publish, refuse
from qiao.knowledge.queries import find_articles
from qiao.knowledge.queries.reading import KIND
from qiao.knowledge.words import best, category_name

VIEW = "knowledge.view"

PERMISSIONS = (
    Permission(VIEW, _("Read knowledge, insert text modules")),
    Permission("knowledge.write", _("Write own text modules, propose articles")),
    Permission("knowledge.keep", _("Keep the text modules and articles of units")),
)
NAVIGATION = (
    NavItem(
        key="knowledge",
        label=pgettext_lazy("rail", "Knowledge"),
        icon="book",
        url_name="knowledge:list",
        permission=VIEW,
        order=55,
        group="improve",
        shortcut="g k",
    ),
)
COMMANDS = (
    Command("knowledge.list", _("Knowledge base"), "book", "knowledge:list", VIEW),
    Command("knowledge.texts", _("Text modules"), "text-plus", "knowledge:texts", VIEW),
    Command("knowledge.new", _("Propose an article"), "plus", "knowledge:new", "knowledge.write"),
)


def search_hits(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Articles for the palette."""
    today = timezone.localdate()
    return [
        Hit(
            kind="article",
            title=best(found.titles),
            detail=category_name(found.category),
            url=reverse("knowledge:article", args=[found.id]),
            icon="urgent" if found.emergency_first else "book",
        )
        for found in find_articles(actor=actor, today=today, text=text, limit=limit)
    ]


SEARCH = (
    SearchSource(
        key="knowledge",
        label=_("Knowledge base"),
        prefix="?",
        permission=VIEW,
        search=search_hits,
        order=40,
    ),
)


def _waiting(approval: Approval) -> ArticleVersion | None:
    number = approval.payload.get("version")
    return ArticleVersion.objects.filter(
        article_id=approval.subject_id, number=number
    ).select_related("article").first()  # fmt: skip


def _tell(approval: Approval) -> Told:
    version = _waiting(approval)
    if version is None:
        return Told(_("Article"), "–", "", [])
    now = version.article
    changes = [
        Difference(best(version.titles), best(now.bodies), best(version.bodies)),
    ]
    url = reverse("knowledge:version", args=[now.pk, version.number])
    return Told(_("Article"), best(version.titles), url, changes, version.note)


def _publish(*, approval: Approval, actor: Actor, now: Any) -> None:
    publish(article_id=approval.subject_id, actor=actor, now=now)


def _refuse(*, approval: Approval, actor: Actor, now: Any) -> None:
    refuse(article_id=approval.subject_id, actor=actor, now=now)


DECISIONS = (
    Decidable(
        KIND,
        _tell,
        _publish,
        _refuse,
        refusals={
            NothingPending: _("Nothing waits for a decision any more."),
            Article.DoesNotExist: _("The article is no more."),
        },
    ),
)
AUDITED = ("knowledge_textmodule", "knowledge_article", "knowledge_articleversion")
_COMMON = {
    "titles": pgettext_lazy("of a text", "Title"),
    "bodies": pgettext_lazy("of a text", "Text"),
    "case_types": _("Case types for which it is offered first"),
    "valid_from": pgettext_lazy("of a text", "Valid from"),
    "valid_until": _("No longer valid from"),
    "is_active": _("In use"),
}
AUDIT_WORDS = (
    AuditTable(
        "knowledge_textmodule",
        _("Text module"),
        {"key": _("Typed after ::"), "scope": pgettext_lazy("of a text", "For whom"), **_COMMON},
    ),
    AuditTable(
        "knowledge_article",
        _("Article"),
        {
            "category": pgettext_lazy("of an article", "Category"),
            "version": pgettext_lazy("of an article", "Version"),
            **_COMMON,
        },
    ),
    AuditTable(
        "knowledge_articleversion",
        _("Version of an article"),
        {
            "number": pgettext_lazy("of an article", "Version"),
            "state": pgettext_lazy("of an article", "State"),
            "titles": pgettext_lazy("of a text", "Title"),
            "bodies": pgettext_lazy("of a text", "Text"),
            "note": _("What changed and why"),
        },
    ),
)

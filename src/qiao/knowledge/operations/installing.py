"""The knowledge of the packs: brought in after every migration; what was edited stays."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from qiao.core.packs import qualify
from qiao.core.transactions import required
from qiao.knowledge.models import Article, ArticleKept, ArticleVersion, TextModule, TextModuleKept
from qiao.knowledge.operations.articles import Facts, put_version
from qiao.knowledge.operations.wording import keep_findable
from qiao.knowledge.queries.seeds import shipped
from qiao.knowledge.rules.seeds import SeedArticle, SeedText


def install_knowledge(*, now: datetime) -> None:
    """Bring new editions of articles and text modules in; an edited one is left alone."""
    required()
    for pack, seeds in shipped().items():
        texts = {t.key: t for t in TextModule.objects.filter(scope="company", pack=pack)}
        others = TextModule.objects.filter(scope="company", is_active=True).exclude(pack=pack)
        taken = set(others.values_list("key", flat=True))
        for text in seeds.texts:
            if text.key not in taken:
                _install_text(texts.get(text.key), pack, text, now)
        articles = {a.key: a for a in Article.objects.filter(pack=pack)}
        for article in seeds.articles:
            _install_article(articles.get(qualify(pack, article.key)), pack, article, now)


def _install_text(known: TextModule | None, pack: str, seed: SeedText, now: datetime) -> None:
    if known is not None and (known.is_edited or known.edition >= seed.edition):
        return
    text = known or TextModule(key=seed.key, scope="company", pack=pack)
    text.titles, text.bodies = dict(seed.titles), dict(seed.bodies)
    text.case_types = [qualify(pack, key) for key in seed.case_types]
    text.edition, text.changed_at = seed.edition, now
    keep_findable(text)
    text.save()
    TextModuleKept.objects.get_or_create(text_module=text)


def _install_article(known: Article | None, pack: str, seed: SeedArticle, now: datetime) -> None:
    if known is not None and (known.is_edited or known.edition >= seed.edition):
        return
    if known is not None and known.versions.filter(state="pending").exists():
        return  # the next migration brings it, unless the proposal is agreed to
    article = known or Article.objects.create(
        key=qualify(pack, seed.key), category=seed.category, pack=pack
    )
    ArticleKept.objects.get_or_create(article=article)
    article.edition = seed.edition
    put_version(article, _version(article, pack, seed, now))


def _version(article: Article, pack: str, seed: SeedArticle, now: datetime) -> ArticleVersion:
    told: dict[str, Any] = Facts(
        category=seed.category,
        case_types=tuple(qualify(pack, key) for key in seed.case_types),
        emergency_first=seed.emergency_first,
        valid_from=seed.valid_from,
    ).data()
    newest = article.versions.aggregate(n=Max("number"))["n"] or 0
    return ArticleVersion.objects.create(
        article=article,
        number=newest + 1,
        titles=dict(seed.titles),
        bodies=dict(seed.bodies),
        words=seed.words,
        facts=told,
        state=ArticleVersion.State.PUBLISHED,
        written_at=now,
        decided_at=now,
    )

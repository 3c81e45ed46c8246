"""Knowledge: what to say and why, as short texts to insert and articles to read."""

from qiao.knowledge.models.articles import Article, ArticleKept, ArticleMark, ArticleVersion
from qiao.knowledge.models.texts import Scope, TextModule, TextModuleKept

__all__ = [
    "Article",
    "ArticleKept",
    "ArticleMark",
    "ArticleVersion",
    "Scope",
    "TextModule",
    "TextModuleKept",
]

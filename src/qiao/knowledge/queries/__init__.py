"""Reads: the door through which other modules ask for texts and articles."""

from qiao.knowledge.models.texts import units_of
from qiao.knowledge.queries.finding import Found, find_articles, find_texts
from qiao.knowledge.queries.offering import (
    OfferedArticle,
    OfferedText,
    fill_text,
    offer_articles,
    offer_texts,
)
from qiao.knowledge.queries.reading import (
    NotVisible,
    article_marks,
    article_versions,
    category_counts,
    get_article_for,
    get_text_for,
    pending_request,
    pending_version,
    text_list,
)
from qiao.knowledge.queries.seeds import categories, load_seeds, shipped

__all__ = [
    "Found",
    "NotVisible",
    "OfferedArticle",
    "OfferedText",
    "article_marks",
    "article_versions",
    "categories",
    "category_counts",
    "fill_text",
    "find_articles",
    "find_texts",
    "get_article_for",
    "get_text_for",
    "load_seeds",
    "offer_articles",
    "offer_texts",
    "pending_request",
    "pending_version",
    "shipped",
    "text_list",
    "units_of",
]

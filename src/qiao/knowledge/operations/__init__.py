"""Writes: the door through which other modules change knowledge."""

from qiao.knowledge.operations.articles import (
    Facts,
    NothingPending,
    ProposalWaits,
    Rewritten,
    Wording,
    decide_version,
    mark_article,
    propose_article,
    retire_article,
    use_article,
)
from qiao.knowledge.operations.installing import install_knowledge
from qiao.knowledge.operations.texts import (
    KeyTaken,
    TextDraft,
    change_text,
    create_text,
    restore_text,
    retire_text,
    use_text,
)
from qiao.knowledge.operations.wording import NotOffered, NoWords
from qiao.knowledge.rules.placeholders import UnknownPlaces

__all__ = [
    "Facts",
    "KeyTaken",
    "NoWords",
    "NotOffered",
    "NothingPending",
    "ProposalWaits",
    "Rewritten",
    "TextDraft",
    "UnknownPlaces",
    "Wording",
    "change_text",
    "create_text",
    "decide_version",
    "install_knowledge",
    "mark_article",
    "propose_article",
    "restore_text",
    "retire_article",
    "retire_text",
    "use_article",
    "use_text",
]

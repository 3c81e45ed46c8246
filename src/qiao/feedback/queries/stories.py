"""The whole story of a piece of work: what its own module tells, and what others add to it."""

from dataclasses import replace
from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.manifest import Story
from qiao.core.registry import registry


def whole_story(*, kind: str, subject_id: int, actor: Actor, now: datetime) -> Story | None:
    """One timeline as far as the actor may see it, oldest first; None for an unknown kind, or a
    piece that the actor may not see."""
    subject = registry.evaluated().get(kind)
    if subject is None:
        return None
    story = subject.story(actor=actor, subject_id=subject_id, now=now)
    if story is None:
        return None
    added = [
        line
        for source in registry.stories(kind)
        for line in source.lines(actor=actor, subject_id=subject_id, now=now)
    ]
    lines = sorted((*story.lines, *added), key=lambda line: line.at)
    return replace(story, lines=tuple(lines))

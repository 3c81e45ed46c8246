"""A suggestion of the lake branch: all but what a person passed for everybody is marked."""

from qiao.feedback.operations.answering import answer
from qiao.feedback.operations.suggestions import (
    Wish,
    screen,
    suggest_from_case,
    take_suggestion,
)
from tests.world.canaries import World, marked

PUBLIC = "Notice two days before the water is off"


def add_suggestion(world: World) -> None:
    """One of the case, passed for everybody, with a private answer; one that waits."""
    agent, now = world.company.agent, world.now
    row = suggest_from_case(
        case_id=world.ids["case"],
        title=marked("suggestion"),
        text=marked("wish"),
        language="en",
        actor=agent,
        now=now,
    )
    answer(
        suggestion_id=row.pk,
        text=marked("private answer"),
        outcome="planned",
        is_public=False,
        actor=agent,
        now=now,
    )
    screen(
        suggestion_id=row.pk,
        verdict="public",
        title=PUBLIC,
        text=PUBLIC,
        category="works",
        actor=agent,
        now=now,
    )
    waiting = take_suggestion(
        wish=Wish(
            organisation_id=world.company.lake.pk,
            source="card",
            title=marked("unscreened"),
            text=marked("unscreened"),
            language="en",
            name=marked("author"),
            email="zqxcanary@example.org",
        ),
        actor=agent,
        now=now,
    )
    world.ids |= {
        "suggestion": row.pk,
        "suggestion_number": row.number,
        "unscreened": waiting.pk,
        "unscreened_number": waiting.number,
    }
    world.canaries.add(waiting.number)

"""Drafts: two windows, one contact, no lost text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.contact import operations
from qiao.contact.models import Interaction
from qiao.contact.queries import draft_of
from qiao.contact.rules.drafts import (
    WindowText,
    join,
    parse_seen,
    replaced,
    unseen,
    write_seen,
)
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company, make_company

NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def mine(world: Company) -> Interaction:
    return operations.start_interaction(
        channel="phone", phone="13805712264", actor=world.agent, now=NOW
    )


def save(
    mine: Interaction, actor: Actor, tab: str, note: str, seen: str = "", after: int = 0
) -> bool:
    """Keep a window's text; says whether other windows hold other text."""
    return operations.autosave_draft(
        interaction_id=mine.pk,
        tab=tab,
        seen=parse_seen(seen),
        note=note,
        actor=actor,
        now=NOW + timedelta(seconds=after),
    ).differs


@pytest.mark.django_db
def test_what_one_window_types_is_there_after_a_reload(world: Company, mine: Interaction) -> None:
    assert not save(mine, world.agent, "one", "水黄")
    assert not save(mine, world.agent, "one", "水黄，水压低", after=2)
    kept = draft_of(mine.pk)
    assert kept.note == "水黄，水压低"
    assert kept.seen == {"one": 2}


@pytest.mark.django_db
def test_two_windows_keep_both_texts_and_say_so(world: Company, mine: Interaction) -> None:
    save(mine, world.agent, "one", "水黄")
    assert save(mine, world.agent, "two", "家有婴儿", after=1)
    kept = draft_of(mine.pk)
    assert kept.note == "水黄\n家有婴儿"
    assert kept.differs


@pytest.mark.django_db
def test_a_reloaded_window_takes_the_place_of_what_it_has_seen(
    world: Company, mine: Interaction
) -> None:
    save(mine, world.agent, "one", "水黄")
    save(mine, world.agent, "two", "家有婴儿", after=1)
    seen = write_seen(draft_of(mine.pk).seen)
    assert not save(mine, world.agent, "three", "水黄，家有婴儿", seen, after=3)
    assert draft_of(mine.pk).note == "水黄，家有婴儿"


@pytest.mark.django_db
def test_what_was_typed_after_one_looked_stays(world: Company, mine: Interaction) -> None:
    save(mine, world.agent, "one", "水黄")
    seen = write_seen(draft_of(mine.pk).seen)
    save(mine, world.agent, "one", "水黄。回电 18 点后", after=1)
    save(mine, world.agent, "two", "水黄（复核）", seen, after=2)
    assert "回电 18 点后" in draft_of(mine.pk).note


@pytest.mark.django_db
def test_closing_refuses_to_lose_another_windows_text(world: Company, mine: Interaction) -> None:
    save(mine, world.agent, "one", "水黄")
    save(mine, world.agent, "two", "家有婴儿", after=1)
    arguments: dict[str, Any] = {
        "interaction_id": mine.pk,
        "subject": "水质",
        "outcome": "water.answered",
        "actor": world.agent,
        "now": NOW,
    }
    with pytest.raises(operations.OtherTextKept):
        operations.finish(note="水黄", tab="one", **arguments)
    closed = operations.finish(note="水黄，家有婴儿", tab="one", **arguments)
    assert closed.summary == "水黄，家有婴儿"
    assert draft_of(mine.pk).note == ""


@pytest.mark.django_db
def test_nothing_is_typed_into_a_closed_contact_or_a_colleagues(
    world: Company, mine: Interaction
) -> None:
    with pytest.raises(operations.NotYours):
        save(mine, world.colleague, "one", "x")
    operations.finish(
        interaction_id=mine.pk,
        subject="水质",
        outcome="water.answered",
        actor=world.agent,
        now=NOW,
    )
    with pytest.raises(operations.WrongState):
        save(mine, world.agent, "one", "x")


texts = st.lists(
    st.builds(
        WindowText,
        tab=st.sampled_from(["a", "b", "c", "d"]),
        version=st.integers(1, 9),
        note=st.text("水黄压低 \n", max_size=12),
        saved_at=st.integers(0, 50).map(lambda s: NOW + timedelta(seconds=s)),
    ),
    unique_by=lambda text: text.tab,
    max_size=4,
)


@given(texts)
def test_no_text_is_ever_missing_from_the_joined_one(windows: list[WindowText]) -> None:
    joined = join(windows)
    assert all(window.note.strip() in joined.note for window in windows)
    assert unseen(windows, tab="z", seen={}, note=joined.note) == []
    assert set(replaced(windows, tab="z", seen=joined.seen)) == {w.tab for w in windows}


@given(st.dictionaries(st.text("abc123", min_size=1, max_size=8), st.integers(0, 99_999_999)))
def test_what_was_seen_reads_as_it_was_written(seen: dict[str, int]) -> None:
    assert parse_seen(write_seen(seen)) == seen


@given(st.text(max_size=200))
def test_nothing_sent_by_a_browser_breaks_the_reading(text: str) -> None:
    parse_seen(text)

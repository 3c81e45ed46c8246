"""Rows of lists as HTML: every column, and nothing from outside becomes markup."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

import pytest
from django.utils import timezone
from django.utils.translation import override

from qiao.cases.forms.place import COLUMNS
from qiao.cases.queries.aside import Aside
from qiao.cases.queries.listing import CaseRow
from qiao.cases.rules.snippets import Piece
from qiao.cases.showing.clocks import row_mark
from qiao.cases.showing.keeping import Head
from qiao.cases.showing.listing import ShownRow
from qiao.cases.showing.row_html import CELLS, draw_rows
from qiao.cases.showing.setting_aside import aside_mark

NASTY = """<script>alert("1' & 2")</script>"""
OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


class Tree(HTMLParser):
    """Markup as a browser understands it."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.feed(markup)
        self.root = self.builder.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {key: value or "" for key, value in attrs})
        if tag in ("input", "use"):
            self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "use":
            self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def words_of(element: Element | None) -> str:
    """All text inside."""
    assert element is not None
    return "".join(element.itertext()).strip()


def a_row(**given: Any) -> CaseRow:
    """A case in which everything that is text came from outside, and is nasty."""
    values: dict[str, Any] = {
        field.name: NASTY for field in fields(CaseRow) if field.type in (str, "str")
    }
    values |= {
        "case_id": 7,
        "type_names": {"en": NASTY},
        "process_id": 1,
        "phase": "work",
        "priority": "urgent",
        "tier": "A",
        "level": "warn",
        "risk": "high",
        "is_paused": False,
        "escalated": True,
        "chase_count": 3,
        "promise_kept": None,
        "due_at": timezone.now() + timedelta(hours=1),
        "clock_started_at": OPENED,
        "opened_at": OPENED,
        "closed_at": None,
        "updated_at": OPENED,
        "customer_id": 5,
        "unread": True,
        "aside": Aside(None, until_answer=True, reason=NASTY, why="", for_team=False),
        "watchers": [NASTY, "李强"],
        "is_green": True,
        "word_due_at": timezone.now() + timedelta(days=1),
    }
    return CaseRow(**values | given)


def shown(row: CaseRow) -> ShownRow:
    """The row in words that are nasty, too."""
    return ShownRow(
        row=row,
        type_name=NASTY,
        step_name=NASTY,
        phase_name=NASTY,
        phase_tone="pri",
        severity=1,
        mark=row_mark(due_at=row.due_at, started_at=row.clock_started_at, level=row.level)
        if row.closed_at is None
        else None,
        promise=NASTY,
        aside=aside_mark(row.aside),
    )


def drawn(row: ShownRow, *columns: str, place: str = "view=open&q=%3C") -> Any:
    """The row as a browser understands it."""
    heads = [Head(key, key, "", "") for key in columns]
    return Tree(str(draw_rows([row], heads, place))).root


def test_each_column_that_can_be_chosen_is_drawn() -> None:
    """One cell of its own each, beside the tick and the case."""
    assert set(CELLS) == set(COLUMNS)
    assert len(drawn(shown(a_row()), *COLUMNS).findall("td")) == len(COLUMNS) + 2


def test_nothing_from_outside_becomes_markup() -> None:
    """Texts stand as texts, in cells and in attributes."""
    row = drawn(shown(a_row()), *COLUMNS)
    assert row.findall(".//script") == []
    assert row.find(".//a").text == NASTY
    assert row.find(".//a").get("href") == "/cases/7/?view=open&q=%3C"
    assert row.find(".//input").get("aria-label").endswith(NASTY)
    titles = [each.get("title") for each in row.iter() if each.get("title")]
    assert any(title.endswith(f"{NASTY}, 李强") for title in titles)
    assert NASTY in titles  # the reason for which it is set aside


def test_words_that_were_looked_for_are_marked() -> None:
    """In the title and below it; what is around them is text."""
    pieces = (Piece(NASTY, is_found=False), Piece("漏水", is_found=True))
    row = drawn(replace(shown(a_row()), title=pieces, found=pieces))
    assert [each.text for each in row.findall(".//mark")] == ["漏水", "漏水"]
    assert row.findall(".//script") == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"due_at": None}, "Nothing owed"),
        ({"due_at": None, "is_paused": True}, "Clock paused"),
        ({"closed_at": OPENED, "promise_kept": True}, "Promise kept"),
        ({"closed_at": OPENED, "promise_kept": None}, "Promise kept"),
        ({"closed_at": OPENED, "promise_kept": False}, "Promise missed"),
    ],
)
def test_the_deadline_says_how_the_promise_stands(given: dict[str, Any], words: str) -> None:
    """Owed, paused, kept or missed."""
    cell = drawn(shown(a_row(**given)), "due").findall("td")[-1]
    assert words_of(cell) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"customer_name": "王芳"}, "王芳"),
        ({"customer_name": "", "caller_name": "邻居"}, "邻居"),
        ({"customer_name": "", "caller_name": ""}, "Not known"),
    ],
)
def test_who_it_is_about(given: dict[str, Any], words: str) -> None:
    """The customer, who else called, or nobody known."""
    cell = drawn(shown(a_row(**given)), "customer").findall("td")[-1]
    assert words_of(cell).startswith(words)


def test_a_plain_case_has_no_marks() -> None:
    """What nothing sets apart shows title and place alone, and what the browser may uncover."""
    plain = a_row(
        word_due_at=None, is_green=False, risk="", escalated=False, chase_count=0, aside=None,
        watchers=[], unread=False, title="没水", place="", area="", number="C1",
    )  # fmt: skip
    row = drawn(replace(shown(plain), type_name="报修"))
    badges = row.findall('.//span[@class="q-badge info"]') + row.findall(
        './/span[@class="q-badge"]'
    )
    assert [each.get("hidden") is not None for each in badges] == [True, True]
    assert row.get("class") is None
    assert words_of(row.find('.//div[@class="xs t3 cut"]')) == "C1 · 报修"

"""Checklists: ticking, what keeps a case in its step, what packs ship."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases import operations
from qiao.cases.models import CaseCheck, CaseEvent, Checklist
from qiao.cases.operations.checklists import (
    ChecklistDraft,
    NoSuchCheck,
    save_checklist,
    tick_check,
)
from qiao.cases.queries.checklists import shipped_checklists
from qiao.cases.rules.checklists import (
    CheckItem,
    items_from_lines,
    lines_from_items,
)
from qiao.cases.rules.process_refusals import ChecksOpen
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.staff.tests.cast import Company

ITEMS = (
    CheckItem("place", {"en": "Place"}, required=True),
    CheckItem("b", {"en": "B"}, required=False),
)


def kept(company: Company, **more: Any) -> Checklist:
    draft = ChecklistDraft({"en": "Before"}, ITEMS, **more)
    return save_checklist(draft=draft, actor=company.chief, now=NOW)


def tick(company: Company, case: Any, row: Checklist, item: str, *, done: bool = True) -> None:
    tick_check(
        case_id=case.pk, checklist_id=row.pk, item=item, done=done, actor=company.agent, now=NOW
    )


def move(company: Company, case: Any) -> Any:
    return operations.take_action(
        case_id=case.pk, action="hand_over", given={}, actor=company.agent, now=NOW
    )


def test_required_items_keep_a_case_in_its_step(company: Company) -> None:
    case, row = a_case(company), kept(company)
    with pytest.raises(ChecksOpen) as refused:
        move(company, case)
    assert refused.value.items == ({"en": "Place"},)
    tick(company, case, row, "place")
    assert move(company, case).step != case.step


def test_lists_of_other_types_or_steps_ask_for_nothing(company: Company) -> None:
    case = a_case(company)
    kept(company, case_types=["test.other"])
    other = kept(company, steps=["elsewhere"])
    with pytest.raises(NoSuchCheck):
        tick(company, case, other, "place")
    assert move(company, case).step != case.step


def test_a_tick_is_kept_once_told_in_the_history_and_taken_back(company: Company) -> None:
    case, row = a_case(company), kept(company)
    for _again in range(2):
        tick(company, case, row, "place")
    assert CaseCheck.objects.get(case=case).ticked_by_id == company.agent.staff_id
    tick(company, case, row, "place", done=False)
    rows = CaseEvent.objects.filter(case=case, kind__startswith="check_")
    assert sorted(rows.values_list("kind", flat=True)) == ["check_ticked", "check_unticked"]
    with pytest.raises(ChecksOpen):
        move(company, case)


def test_only_who_keeps_checklists_of_the_company_changes_them(company: Company) -> None:
    with pytest.raises(Forbidden):
        save_checklist(draft=ChecklistDraft({"en": "x"}, ITEMS), actor=company.agent, now=NOW)


def test_the_page_shows_and_ticks_them(company: Company, agent: Client) -> None:
    case, row = a_case(company), kept(company)
    assert page(case, "check", row.pk, "place") in text_of(agent.get(page(case)))
    sent = agent.post(page(case, "check", row.pk, "place"), {"done": "yes"}, headers=HTMX)
    assert sent.status_code == 200
    assert 'aria-checked="true"' in text_of(sent)


def test_the_packs_lists_name_types_and_steps_that_exist() -> None:
    lists = shipped_checklists()
    assert {pack for pack, _seed in lists} >= {"water", "power", "gas"}
    # Only gas must not be turned on before all was looked at.
    kept = {(pack, seed.key) for pack, seed in lists if any(i.required for i in seed.items)}
    assert kept == {("gas", "gas_on")}


WORDS = st.text(alphabet="abc", min_size=1, max_size=5)


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), min_size=1, max_size=8))
def test_items_are_read_back_from_the_lines_they_are_shown_as(
    rows: list[tuple[str, str, bool]],
) -> None:
    items = tuple(
        CheckItem(f"item_{n}", {"en": en, "zh-Hans": zh}, required)
        for n, (en, zh, required) in enumerate(rows, 1)
    )
    lines = {key: lines_from_items(items, key) for key in ("en", "zh-Hans")}
    assert items_from_lines(lines, items) == items

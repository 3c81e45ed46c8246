"""Who takes something back from an old page does not take back what others did since."""

from datetime import timedelta
from typing import Any

import pytest

from qiao.cases import operations
from qiao.cases.models import Case, CaseLink
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(minutes=5)


def _last(case: Case, kind: str) -> int:
    found = case.events.filter(kind=kind).order_by("-seq").values_list("seq", flat=True).first()
    assert found is not None
    return int(found)


def test_a_merge_made_again_stands_against_an_old_page(company: Company) -> None:
    survivor, merged = a_case(company), a_case(company)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    operations.merge_cases(survivor_id=survivor.pk, merged=[merged.pk], **told)
    old = _last(survivor, "merged_in")
    operations.undo_merge(case_id=merged.pk, **told)
    operations.merge_cases(survivor_id=survivor.pk, merged=[merged.pk], **told)
    with pytest.raises(operations.NotUndoable):
        operations.undo_entry(case_id=survivor.pk, seq=old, **told)
    assert Case.objects.get(pk=merged.pk).merged_into_id == survivor.pk
    operations.undo_entry(case_id=survivor.pk, seq=_last(survivor, "merged_in"), **told)
    assert Case.objects.get(pk=merged.pk).merged_into_id is None


def test_a_link_made_again_stands_against_an_old_page(company: Company) -> None:
    one, other = a_case(company), a_case(company)
    told: dict[str, Any] = {"actor": company.agent, "now": LATER}
    pair: dict[str, Any] = {"case_id": one.pk, "other_id": other.pk, "kind": "related"}
    link = operations.link_cases(**pair, **told)
    old = _last(one, "linked")
    operations.unlink_cases(link_id=link.pk, **told)
    operations.link_cases(**pair, **told)
    with pytest.raises(operations.NotUndoable):
        operations.undo_entry(case_id=one.pk, seq=old, **told)
    assert CaseLink.objects.filter(case=one, other=other).exists()


def test_the_second_reopening_stands_against_an_old_page(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    told: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": LATER}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {}),
        ("reopen", {"reason": "未解决"}),
    )  # fmt: skip
    for action, given in steps:
        operations.take_action(action=action, given=given, **told)
    old = _last(case, "reopened")
    for action, given in steps[1:]:
        operations.take_action(action=action, given=given, **told)
    with pytest.raises(operations.NotUndoable):
        operations.undo_entry(seq=old, **told)
    assert Case.objects.get(pk=case.pk).closed_at is None

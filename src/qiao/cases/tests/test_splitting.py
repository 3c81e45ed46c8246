"""Splitting cases, reopening them, links, and undoing all of it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from qiao.cases.models import Case, CaseLink
from qiao.cases.operations import (
    BuiltOn,
    NewMatter,
    NothingToSplit,
    NotReopened,
    TooLateToReopen,
    add_attachment,
    add_note,
    link_cases,
    split_case,
    take_action,
    undo_reopening,
    undo_split,
    unlink_cases,
    withdraw,
)
from qiao.cases.queries import survivor_of
from qiao.cases.tests.test_merging import clocks, counts_agree, mirrored
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.core.incoming_files import take_file
from qiao.core.models import Attachment
from qiao.staff.tests.cast import Company


def png() -> io.BytesIO:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, format="PNG")
    content.seek(0)
    return content


LATER = NOW + timedelta(minutes=30)
BILL = NewMatter("water.bill", "账单疑问")


def noted(company: Company, case: Case, text: str, minutes: int) -> int:
    """A note on a case; its place."""
    at = NOW + timedelta(minutes=minutes)
    return add_note(case_id=case.pk, text=text, actor=company.agent, now=at).event_count


def test_a_split_case_counts_from_when_its_words_were_said(company: Company) -> None:
    case = a_case(company)
    before = mirrored(case), clocks(case)
    noted(company, case, "管道", 5)
    seq = noted(company, case, "还问了账单", 10)
    new = split_case(case_id=case.pk, seqs=[seq], matter=BILL, actor=company.agent, now=LATER)
    new.refresh_from_db()
    assert new.opened_at == NOW + timedelta(minutes=10)
    assert (new.customer_id, new.place, new.responsible_id) == (
        case.customer_id, case.place, case.responsible_id,
    )  # fmt: skip
    (note,) = new.events.filter(kind="note")
    assert (note.data["text"], note.at) == ("还问了账单", new.opened_at)
    assert (mirrored(case), clocks(case)) == before
    assert CaseLink.objects.filter(case=new, other=case, kind="split").exists()
    assert clocks(new)
    counts_agree()
    with pytest.raises(NothingToSplit):
        split_case(case_id=case.pk, seqs=[seq], matter=BILL, actor=company.agent, now=LATER)


def test_undoing_a_split_restores_the_case_and_its_number_finds_it(company: Company) -> None:
    case = a_case(company)
    seq = noted(company, case, "还问了账单", 10)
    before = mirrored(case), clocks(case)
    new = split_case(case_id=case.pk, seqs=[seq], matter=BILL, actor=company.agent, now=LATER)
    undo_split(case_id=new.pk, actor=company.agent, now=LATER)
    assert (mirrored(case), clocks(case)) == before
    assert survivor_of(new.pk) == case.pk
    assert not CaseLink.objects.filter(case=new).exists()
    assert all(not clock.open for clock in clocks(new))
    counts_agree()
    again = split_case(case_id=case.pk, seqs=[seq], matter=BILL, actor=company.agent, now=LATER)
    assert again.pk != new.pk


def test_a_split_that_was_worked_on_stays(company: Company) -> None:
    case = a_case(company)
    seq = noted(company, case, "还问了账单", 10)
    new = split_case(case_id=case.pk, seqs=[seq], matter=BILL, actor=company.agent, now=LATER)
    later = LATER + timedelta(minutes=1)
    take_action(case_id=new.pk, action="hand_over", given={}, actor=company.agent, now=later)
    with pytest.raises(BuiltOn):
        undo_split(case_id=new.pk, actor=company.agent, now=later)


def test_files_go_along_and_words_taken_back_do_not(company: Company) -> None:
    case = a_case(company)
    kept = add_attachment(
        case_id=case.pk, file=take_file(png(), file_name="账单.png"), label="账单",
        actor=company.agent, now=NOW,
    )  # fmt: skip
    file_seq = Case.objects.get(pk=case.pk).event_count
    seq = noted(company, case, "不算", 1)
    withdraw(case_id=case.pk, seq=seq, actor=company.agent, now=NOW + timedelta(minutes=1))
    with pytest.raises(NothingToSplit):
        split_case(case_id=case.pk, seqs=[seq, 1], matter=BILL, actor=company.agent, now=LATER)
    new = split_case(case_id=case.pk, seqs=[file_seq], matter=BILL, actor=company.agent, now=LATER)
    (copy,) = Attachment.objects.filter(owner_kind="case", owner_id=new.pk)
    assert (copy.sha256, copy.pk != kept.pk) == (kept.sha256, True)


def archived(company: Company) -> Case:
    """A case that went its whole way."""
    case = a_case(company)
    for minutes, (action, given) in enumerate(
        (("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {})), start=1
    ):
        at = NOW + timedelta(minutes=minutes)
        take_action(case_id=case.pk, action=action, given=given, actor=company.agent, now=at)
    return case


def reopen(case: Case, actor: Actor, days: int) -> Case:
    """Reopen by the process, so many days after the end."""
    at = NOW + timedelta(days=days, minutes=4)
    reason = {"reason": "又漏了"}
    return take_action(case_id=case.pk, action="reopen", given=reason, actor=actor, now=at)


def test_undoing_a_reopening_restores_the_end_and_the_clocks(company: Company) -> None:
    case = archived(company)
    before = mirrored(case), clocks(case)
    reopen(case, company.agent, days=1)
    assert mirrored(case)["reopened_count"] == 1
    told: dict[str, Any] = {
        "case_id": case.pk, "actor": company.agent, "now": NOW + timedelta(days=1, minutes=9),
    }  # fmt: skip
    add_note(text="误开", **told)
    undo_reopening(**told)
    assert (mirrored(case), clocks(case)) == before
    counts_agree()
    with pytest.raises(NotReopened):
        undo_reopening(**told)
    reopen(case, company.agent, days=2)
    assert mirrored(case)["reopened_count"] == 1
    assert clocks(case)


def test_a_reopening_that_was_worked_on_stays(company: Company) -> None:
    case = archived(company)
    reopen(case, company.agent, days=1)
    at = NOW + timedelta(days=1, minutes=9)
    take_action(
        case_id=case.pk, action="done", given={"cause": "pipe"}, actor=company.agent, now=at
    )
    with pytest.raises(BuiltOn):
        undo_reopening(case_id=case.pk, actor=company.agent, now=at)


def test_after_its_days_only_who_has_the_right_reopens(company: Company) -> None:
    from dataclasses import replace  # noqa: PLC0415 - only here

    case = archived(company)
    grants = {key: ids for key, ids in company.agent.grants.items() if key != "cases.reopen"}
    plain = replace(company.agent, grants=grants)
    with pytest.raises(TooLateToReopen) as refusal:
        reopen(case, plain, days=91)
    assert refusal.value.until == NOW + timedelta(days=90, minutes=3)
    assert reopen(case, company.agent, days=91).reopened_count == 1


def test_a_link_is_taken_away_by_who_may_and_told_in_both(company: Company) -> None:
    one, two = a_case(company), a_case(company)
    link = link_cases(
        case_id=two.pk, other_id=one.pk, kind="related", actor=company.agent, now=NOW
    )
    with pytest.raises(Forbidden):
        unlink_cases(link_id=link.pk, actor=company.outsider, now=NOW)
    unlink_cases(link_id=link.pk, actor=company.agent, now=NOW)
    assert not CaseLink.objects.exists()
    assert one.events.filter(kind="unlinked", data__case=two.pk).exists()
    assert two.events.filter(kind="unlinked", data__case=one.pk).exists()

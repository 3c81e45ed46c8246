"""What is kept from an outlet stays kept when cases are merged, split, linked or joined."""

from typing import Any

import pytest

from qiao.cases import operations, queries
from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations.alike import Cause, join_reports, make_parent
from qiao.cases.operations.merging import KeptApart
from qiao.cases.tests.test_hotline import (  # noqa: F401 - a fixture
    MARK,
    again,
    centre,
    handed,
    insider,
)
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

CAUSE = Cause(kind="leak", area="339102", since=NOW)


def test_an_open_case_and_a_sealed_one_are_not_merged(company: Company, centre: Any) -> None:  # noqa: F811
    sealed, usual = handed(company, centre), a_case(company)
    chief = again(company.chief_staff)
    for survivor, merged in ((sealed, usual), (usual, sealed)):
        with pytest.raises(KeptApart):
            operations.merge_cases(
                survivor_id=survivor.pk, merged=[merged.pk], actor=chief, now=NOW
            )


def test_two_about_the_same_outlet_are_merged_and_parted_again(
    company: Company,
    centre: Any,  # noqa: F811
) -> None:
    chief = again(company.chief_staff)
    first, second = handed(company, centre), handed(company, centre)
    chief = again(company.chief_staff)
    operations.merge_cases(survivor_id=first.pk, merged=[second.pk], actor=chief, now=NOW)
    operations.undo_merge(case_id=second.pk, actor=chief, now=NOW)
    assert Case.objects.get(pk=second.pk).merged_into_id is None


def test_what_was_merged_before_is_sealed_with_the_case_that_stands_for_it(
    company: Company,
    centre: Any,  # noqa: F811
) -> None:
    inside = insider(company)
    far, near, top = (a_case(company, title=MARK) for _ in range(3))
    told: dict[str, Any] = {"actor": company.agent, "now": NOW}
    operations.merge_cases(survivor_id=near.pk, merged=[far.pk], **told)
    operations.merge_cases(survivor_id=top.pk, merged=[near.pk], **told)
    operations.hand_past(case_id=top.pk, unit_id=company.lake.pk, **told)
    top = Case.objects.get(pk=top.pk)
    for case in (far, near):
        kept = Case.objects.get(pk=case.pk)
        assert kept.organisation_id == top.organisation_id
        assert kept.about_unit_id == company.lake.pk
        assert not queries.can_see(actor=again(inside), case_id=case.pk)
        assert queries.can_see(actor=again(company.chief_staff), case_id=case.pk)


def test_what_is_split_off_stays_kept(company: Company, centre: Any) -> None:  # noqa: F811
    chief = again(company.chief_staff)
    inside = insider(company)
    sealed = handed(company, centre)
    chief = again(company.chief_staff)
    operations.add_note(case_id=sealed.pk, text="second matter", actor=chief, now=NOW)
    note = CaseEvent.objects.get(case=sealed, kind="note")
    new = operations.split_case(
        case_id=sealed.pk,
        seqs=[note.seq],
        matter=operations.NewMatter("water.bill", "new"),
        actor=chief,
        now=NOW,
    )
    kept = Case.objects.get(pk=new.pk)
    assert kept.about_unit_id == company.lake.pk
    assert kept.organisation_id == sealed.organisation_id
    assert not queries.can_see(actor=again(inside), case_id=new.pk)


def test_a_link_is_told_in_the_history_of_the_sealed_case_alone(
    company: Company,
    centre: Any,  # noqa: F811
) -> None:
    sealed, usual = handed(company, centre), a_case(company)
    chief = again(company.chief_staff)
    link = operations.link_cases(
        case_id=usual.pk, other_id=sealed.pk, kind="related", actor=chief, now=NOW
    )
    operations.unlink_cases(link_id=link.pk, actor=chief, now=NOW)
    written = CaseEvent.objects.filter(kind__in=("linked", "unlinked"))
    assert set(written.values_list("case_id", flat=True)) == {sealed.pk}


def test_it_carries_no_common_cause_and_is_no_report_of_one(
    company: Company,
    centre: Any,  # noqa: F811
) -> None:
    sealed, parent = handed(company, centre), a_case(company)
    chief = again(company.chief_staff)
    with pytest.raises(KeptApart):
        make_parent(case_id=sealed.pk, cause=CAUSE, actor=chief, now=NOW)
    make_parent(case_id=parent.pk, cause=CAUSE, actor=chief, now=NOW)
    joined = join_reports(parent_id=parent.pk, case_ids=[sealed.pk], actor=chief, now=NOW)
    assert joined == ()
    with pytest.raises(operations.UnderParent):
        operations.hand_past(
            case_id=parent.pk, unit_id=company.lake.pk, actor=company.agent, now=NOW
        )


def test_segments_do_not_tell_that_it_exists(company: Company, centre: Any) -> None:  # noqa: F811
    from qiao.cases.contributions import SEGMENT_FIELDS  # noqa: PLC0415 - the manifest's own

    for field in SEGMENT_FIELDS:
        assert "about_unit_id IS NULL" in field.sql

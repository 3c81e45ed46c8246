"""Publishing processes: beside packs, by two people, from a moment on, and again."""

import copy
import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.operations import designing, install_packs, take_action
from qiao.cases.queries import processes as reads
from qiao.cases.rules.draft_parts import Part, own_values, stamp
from qiao.cases.tests.designing import KEY, agree, begun, change, publish, second_person
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.core.approvals import SamePerson, decide
from qiao.core.packs.enabled import catalogue
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
DAY = timedelta(days=1)


def changed_pack(**step: Any) -> Any:
    """The catalogue with the pack's repair step altered."""
    found = catalogue()
    pack = found.packs["water"]
    source = pack.processes[0]
    data = copy.deepcopy(dict(source.data))
    data["step"][1] |= step
    pack = dataclasses.replace(pack, processes=(dataclasses.replace(source, data=data),))
    return dataclasses.replace(found, packs={"water": pack})


def numbers_in_force(now: Any) -> int:
    current = designing.current_version(KEY, now)
    assert current is not None
    return current.version


def test_a_pack_that_did_not_change_never_displaces_what_the_house_published(
    company: Company,
) -> None:
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    assert publish(draft, company, second_person(company), NOW).version == 2
    for day in range(1, 4):
        install_packs(catalogue=catalogue(), now=NOW + day * DAY)
    assert numbers_in_force(NOW + 4 * DAY) == 2
    assert ProcessVersion.objects.filter(key=KEY).count() == 2


def test_a_pack_that_changed_is_in_force_at_once_where_nobody_published(company: Company) -> None:
    install_packs(catalogue=changed_pack(time_limit="8h"), now=LATER)
    assert numbers_in_force(NOW) == 1
    assert numbers_in_force(LATER) == 2
    assert reads.offer_of(reads.versions_of(KEY), LATER) is None


def test_a_pack_that_changed_after_somebody_published_is_an_offer(company: Company) -> None:
    second = second_person(company)
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    publish(draft, company, second, NOW)
    install_packs(catalogue=changed_pack(time_limit="8h"), now=LATER)
    assert numbers_in_force(LATER) == 2
    offer = reads.offer_of(reads.versions_of(KEY), LATER)
    assert offer is not None
    assert (offer.version, offer.in_force_from) == (3, None)

    designing.keep_own(version_id=offer.pk, actor=company.chief, now=LATER)
    assert reads.offer_of(reads.versions_of(KEY), LATER) is None
    with pytest.raises(designing.NotPlanned):
        designing.keep_own(version_id=offer.pk, actor=company.chief, now=LATER)
    install_packs(catalogue=changed_pack(time_limit="8h"), now=LATER + DAY)
    assert ProcessVersion.objects.filter(key=KEY).count() == 3


def test_a_house_that_took_the_packs_text_follows_the_pack_again(company: Company) -> None:
    second = second_person(company)
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    publish(draft, company, second, NOW)
    install_packs(catalogue=changed_pack(time_limit="8h"), now=LATER)
    offer = reads.offer_of(reads.versions_of(KEY), LATER)
    assert offer is not None
    taken = designing.begin_draft(version_id=offer.pk, actor=company.chief, now=LATER)
    version = publish(taken, company, second, LATER)
    assert version.copied_from == offer
    assert reads.offer_of(reads.versions_of(KEY), LATER) is None
    install_packs(catalogue=changed_pack(time_limit="6h"), now=LATER + DAY)
    assert numbers_in_force(LATER + DAY) == 5


def test_running_cases_keep_their_version_and_new_ones_take_the_one_in_force(
    company: Company,
) -> None:
    before = a_case(company)
    draft = begun(company, NOW)
    change(draft, "step:accept", company.chief, NOW, required=["cause"])
    publish(draft, company, second_person(company), NOW)
    take_action(case_id=before.pk, action="hand_over", given={}, actor=company.agent, now=NOW)
    after = a_case(company)
    assert (before.process.version, after.process.version) == (1, 2)
    moved = take_action(
        case_id=after.pk, action="hand_over", given={"cause": "pipe"},
        actor=company.agent, now=NOW,
    )  # fmt: skip
    assert moved.step == "repair"


def test_a_draft_that_asks_for_a_field_not_every_type_has_is_not_published(
    company: Company,
) -> None:
    draft = begun(company, NOW)
    change(draft, "step:accept", company.chief, NOW, required=["remark"])
    with pytest.raises(designing.HasFaults) as refused:
        publish(draft, company, second_person(company), NOW)
    fault = refused.value.faults[0]
    assert (fault.code, str(fault.part)) == ("missing_field", "step:accept")


def test_a_version_comes_into_force_at_its_moment_and_may_be_called_off_before(
    company: Company,
) -> None:
    second = second_person(company)
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    planned = publish(draft, company, second, NOW, from_when=LATER)
    assert (numbers_in_force(NOW), numbers_in_force(LATER)) == (1, 2)
    assert a_case(company).process.version == 1
    designing.withdraw_version(version_id=planned.pk, actor=company.chief, now=NOW)
    assert numbers_in_force(LATER) == 1
    with pytest.raises(designing.NotPlanned):
        designing.withdraw_version(version_id=planned.pk, actor=company.chief, now=NOW)


def test_going_back_is_publishing_the_earlier_text_again(company: Company) -> None:
    second = second_person(company)
    first = designing.current_version(KEY, NOW)
    assert first is not None
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    publish(draft, company, second, NOW)
    again = designing.begin_draft(version_id=first.pk, actor=company.chief, now=LATER)
    version = publish(again, company, second, LATER)
    assert (version.version, version.definition) == (3, first.definition)
    assert version.copied_from == first


def test_nobody_agrees_to_what_they_asked_for_and_nothing_happens_without_a_second_person(
    company: Company,
) -> None:
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    asked = designing.ask_to_publish(
        draft_id=draft.pk, reason="quicker", from_when=None, actor=company.chief, now=NOW
    )
    assert numbers_in_force(NOW) == 1
    with pytest.raises(SamePerson):
        decide(approval_id=asked.pk, approve=True, note="", actor=company.chief, now=NOW)
    with pytest.raises(designing.DraftClosed):
        change(draft, "step:repair", company.chief, NOW, time_limit="6h")
    designing.take_back_request(draft_id=draft.pk, actor=company.chief, now=NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="6h")


def test_a_refusal_gives_the_draft_back(company: Company) -> None:
    second = second_person(company)
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    asked = designing.ask_to_publish(
        draft_id=draft.pk, reason="quicker", from_when=None, actor=company.chief, now=NOW
    )
    decided = decide(approval_id=asked.pk, approve=False, note="no", actor=second, now=NOW)
    designing.publish_refused(approval=decided, actor=second, now=NOW)
    draft.refresh_from_db()
    assert draft.state == ProcessDraft.State.OPEN
    assert numbers_in_force(LATER) == 1


def test_a_draft_is_not_published_without_reason_in_the_past_or_unchanged(
    company: Company,
) -> None:
    draft = begun(company, NOW)
    about: dict[str, Any] = {"draft_id": draft.pk, "actor": company.chief, "now": NOW}
    with pytest.raises(designing.NothingNew):
        designing.ask_to_publish(reason="x", from_when=None, **about)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    with pytest.raises(designing.ReasonMissing):
        designing.ask_to_publish(reason=" ", from_when=None, **about)
    with pytest.raises(designing.InThePast):
        designing.ask_to_publish(reason="x", from_when=NOW - DAY, **about)


def test_only_who_designs_for_the_whole_company_touches_drafts(company: Company) -> None:
    current = designing.current_version(KEY, NOW)
    assert current is not None
    with pytest.raises(Forbidden):
        designing.begin_draft(version_id=current.pk, actor=company.agent, now=NOW)


def test_two_people_change_different_parts_and_of_the_same_part_the_later_is_told(
    company: Company,
) -> None:
    draft = begun(company, NOW)
    other = second_person(company)
    seen = stamp(own_values(draft.definition, Part("step", key="repair")))
    change(draft, "step:accept", other, NOW, phase="assign")
    change(draft, "step:repair", other, NOW, time_limit="12h")
    with pytest.raises(designing.PartMoved) as moved:
        designing.save_part(
            draft_id=draft.pk, part=Part("step", key="repair"),
            values={"key": "repair", "time_limit": "6h"}, seen=seen,
            actor=company.chief, now=NOW,
        )  # fmt: skip
    assert moved.value.stands is not None
    assert moved.value.stands["time_limit"] == "12h"


def test_a_published_row_names_who_why_and_who_agreed(company: Company) -> None:
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    version = publish(draft, company, second_person(company), NOW)
    assert version.published_by_id == company.chief.staff_id
    assert version.approval is not None
    assert version.approval.decided_by_id != company.chief.staff_id
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_processversion SET reason = '' WHERE id = %s", [version.pk])


def test_what_was_asked_is_published_only_as_it_was_asked(company: Company) -> None:
    second = second_person(company)
    draft = begun(company, NOW)
    change(draft, "step:repair", company.chief, NOW, time_limit="12h")
    asked = designing.ask_to_publish(
        draft_id=draft.pk, reason="quicker", from_when=None, actor=company.chief, now=NOW
    )
    ProcessDraft.objects.filter(pk=draft.pk).update(revision=99)
    with pytest.raises(designing.DraftClosed):
        agree(asked, second, NOW)

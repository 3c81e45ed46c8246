"""Saying why a case arose, on the page and through the operations, and keeping the tree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from qiao.cases.models import Case, CaseCause, CaseEvent, Cause, CauseModel, CauseSuggestion
from qiao.cases.operations import (
    CauseRefused,
    NoSuchCause,
    Offered,
    OpenRequest,
    TooManyCauses,
    code_causes,
    install_causes,
    note_suspicion,
    open_case,
    take_action,
)
from qiao.cases.operations.cause_tree import add_cause, end_cause, merge_causes, rename_cause
from qiao.cases.queries.causes import coding_of, ids_under, usable_causes
from qiao.cases.rules.process_refusals import MissingFields
from qiao.cases.tests.browsing import HTMX, client_of, page, text_of
from qiao.core.actor import Actor, Forbidden
from qiao.core.packs.enabled import catalogue
from qiao.staff.tests.cast import Company, make_company

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CHLORINE, ODOUR = "water.quality_chlorine", "water.quality_odour"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def complaint(company: Company) -> Case:
    request = OpenRequest(
        type_key="water.works_complaint",
        organisation_id=company.lake.pk,
        title="路挖了两周还没恢复",
        description="路面一直没有恢复，下雨积水。",
        channel="phone",
        area="339102",
        facts={},
    )
    return open_case(request=request, actor=company.agent, now=NOW)


def chief(company: Company) -> Actor:
    """Somebody who may keep the tree in the whole company."""
    grants = {**company.agent.grants, "cases.causes": (company.company.pk,)}
    return replace(company.agent, grants=grants)


def on_the_line(company: Company) -> Actor:
    """The agent, who may act where a complaint comes in."""
    return replace(company.agent, roles=frozenset({"agent"}))


def entries(case: Case, kind: str) -> list[dict[str, Any]]:
    return list(CaseEvent.objects.filter(case=case, kind=kind).values_list("data", flat=True))


def test_a_case_has_one_main_cause_and_keeps_what_stood_there_before(
    company: Company, complaint: Case
) -> None:
    told: dict[str, Any] = {"case_id": complaint.pk, "actor": company.agent, "now": NOW}
    code_causes(main="water.works_late", others=["water.works_dirt"], **told)
    code_causes(main="water.works_restoration", others=["water.works_dirt"], **told)
    complaint.refresh_from_db()
    assert complaint.main_cause is not None
    assert complaint.main_cause.key == "water.works_restoration"
    coding = coding_of(case_id=complaint.pk)
    assert (coding.main, coding.others) == ("water.works_restoration", ("water.works_dirt",))
    first, second = entries(complaint, "cause_coded")
    assert "before" not in first
    assert second["before"]["key"] == "water.works_late"
    assert complaint.event_count == CaseEvent.objects.filter(case=complaint).count()


def test_the_same_codes_again_leave_no_trace(company: Company, complaint: Case) -> None:
    for _time in range(2):
        code_causes(case_id=complaint.pk, main="water.works_late", actor=company.agent, now=NOW)
    assert len(entries(complaint, "cause_coded")) == 1


def test_what_the_customer_supposes_is_kept_apart(company: Company, complaint: Case) -> None:
    told: dict[str, Any] = {"case_id": complaint.pk, "actor": company.agent, "now": NOW}
    note_suspicion(cause="water.service_integrity", **told)
    code_causes(main="water.works_late", **told)
    coding = coding_of(case_id=complaint.pk)
    assert (coding.main, coding.suspected) == ("water.works_late", "water.service_integrity")
    note_suspicion(cause="", **told)
    assert coding_of(case_id=complaint.pk).suspected == ""
    assert coding_of(case_id=complaint.pk).main == "water.works_late"


def test_the_database_holds_one_main_cause_a_case(company: Company, complaint: Case) -> None:
    code_causes(case_id=complaint.pk, main="water.works_late", actor=company.agent, now=NOW)
    other = Cause.objects.get(key="water.works_dirt")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseCause.objects.create(case=complaint, cause=other, role="main", coded_at=NOW)


def test_nobody_codes_with_what_does_not_exist_or_too_much(
    company: Company, complaint: Case
) -> None:
    told: dict[str, Any] = {"case_id": complaint.pk, "actor": company.agent, "now": NOW}
    with pytest.raises(NoSuchCause):
        code_causes(main="water.witchcraft", **told)
    every = [cause.key for cause in usable_causes(day=NOW.date())]
    with pytest.raises(TooManyCauses):
        code_causes(main=every[0], others=every[1:8], **told)
    with pytest.raises(Forbidden):
        code_causes(case_id=complaint.pk, main="water.works_late", actor=company.outsider, now=NOW)


def test_a_complaint_is_not_concluded_before_its_cause_is_known(
    company: Company, complaint: Case
) -> None:
    actor = on_the_line(company)
    told: dict[str, Any] = {"case_id": complaint.pk, "actor": actor, "action": "settled_at_once"}
    with pytest.raises(MissingFields) as refusal:
        take_action(given={"answer_given": "明天恢复"}, now=NOW, **told)
    assert refusal.value.fields == ("main_cause",)
    given = {"answer_given": "明天恢复", "main_cause": "water.works_restoration"}
    case = take_action(given=given, now=NOW, **told)
    assert case.main_cause is not None
    assert "main_cause" not in case.facts
    assert entries(case, "cause_coded")[0]["main"]["key"] == "water.works_restoration"


def test_a_complaint_that_was_coded_before_goes_on_without_being_asked(
    company: Company, complaint: Case
) -> None:
    told: dict[str, Any] = {"case_id": complaint.pk, "actor": on_the_line(company), "now": NOW}
    code_causes(main="water.works_restoration", **told)
    case = take_action(action="settled_at_once", given={"answer_given": "明天"}, **told)
    assert case.phase == "confirm"


def test_what_was_suggested_and_what_was_chosen_is_on_record(
    company: Company, complaint: Case
) -> None:
    model = CauseModel.objects.create(
        trained_at=NOW, source="cases", rows=1, causes=2, macro_f1=0.9, report={}, weights={}
    )
    offered = Offered(model.pk, [(CHLORINE, 0.6), (ODOUR, 0.3)])
    told: dict[str, Any] = {
        "case_id": complaint.pk,
        "actor": company.agent,
        "now": NOW,
    }
    told["offered"] = offered
    code_causes(main=ODOUR, **told)
    code_causes(main="water.works_late", **told)
    places = list(CauseSuggestion.objects.order_by("id").values_list("place", flat=True))
    assert places == [2, 0]


def test_the_page_offers_the_chooser_and_finds_by_initials(
    company: Company, complaint: Case
) -> None:
    agent = client_of(company.agent_staff)
    asked = agent.get(page(complaint, "cause"), headers=HTMX)
    assert 'value="water.works_restoration"' in text_of(asked)
    found = text_of(
        agent.get(page(complaint, "cause_choices"), {"cause_q": "lmwhf", "name": "main"})
    )
    assert 'value="water.works_restoration" checked' in found
    assert "water.works_late" not in found
    kept = agent.post(page(complaint, "cause"), {"main": "water.works_restoration"}, headers=HTMX)
    assert kept.status_code == 200
    assert "路面未恢复" in text_of(kept)


def test_an_action_that_asks_for_the_cause_shows_the_chooser(
    company: Company, complaint: Case
) -> None:
    agent = client_of(company.agent_staff)
    there = page(complaint, "act", "settled_at_once")
    assert 'name="main_cause"' in text_of(agent.get(there, headers=HTMX))
    refused = agent.post(there, {"fact-answer_given": "明天", "from_step": "take_complaint"})
    assert refused.status_code == 422
    assert "main_cause" in text_of(refused)


def test_an_outsider_neither_sees_nor_codes(company: Company, complaint: Case) -> None:
    outsider = client_of(company.outsider_staff)
    for name in ("cause", "cause_choices", "suspicion"):
        assert outsider.get(page(complaint, name)).status_code == 404


def test_the_tree_grows_is_renamed_and_joined_without_losing_codes(
    company: Company, complaint: Case
) -> None:
    actor = chief(company)
    names = {"en": "Ring main", "zh-Hans": "环网改造", "zh-Hant": "環網改造"}
    told: dict[str, Any] = {"actor": actor, "now": NOW}
    own = add_cause(parent="water.works", key="ring", names=names, words="环网，改造", **told)
    assert (own.key, own.level, own.words) == ("own.ring", 2, ["环网", "改造"])
    code_causes(case_id=complaint.pk, main="own.ring", actor=company.agent, now=NOW)
    rename_cause(key="own.ring", names={**names, "zh-Hans": "管网改造"}, words="", **told)
    merge_causes(key="own.ring", into="water.works_restoration", **told)
    assert coding_of(case_id=complaint.pk).main == "own.ring"
    restoration = ids_under(["water.works_restoration"])
    assert own.pk in restoration
    assert own.pk in ids_under(["water.works"])
    tomorrow = (NOW + timedelta(days=1)).date()
    assert "own.ring" not in {cause.key for cause in usable_causes(day=tomorrow)}


def test_the_tree_refuses_what_would_break_it(company: Company) -> None:
    told: dict[str, Any] = {"actor": chief(company), "now": NOW}
    names = {"en": "X", "zh-Hans": "甲", "zh-Hant": "甲"}
    third = add_cause(parent=CHLORINE, key="third", names=names, words="", **told)
    attempts: list[Callable[[], object]] = [
        lambda: add_cause(parent=third.key, key="fourth", names=names, words="", **told),
        lambda: add_cause(parent="", key="third", names=names, words="", **told),
        lambda: add_cause(parent="", key="Not a key", names=names, words="", **told),
        lambda: end_cause(key="water.quality", valid_until=NOW.date(), **told),
        lambda: merge_causes(key=ODOUR, into=ODOUR, **told),
        lambda: merge_causes(key=CHLORINE, into=ODOUR, **told),
    ]
    reasons = []
    for attempt in attempts:
        with pytest.raises(CauseRefused) as refusal:
            attempt()
        reasons.append(refusal.value.reason)
    assert reasons == ["depth", "taken", "key", "used", "itself", "below"]
    with pytest.raises(Forbidden):
        end_cause(key=ODOUR, valid_until=NOW.date(), actor=company.agent, now=NOW)


def test_installing_again_keeps_the_words_of_the_company(company: Company) -> None:
    names = {"en": "Chlorine", "zh-Hans": "余氯高", "zh-Hant": "餘氯高"}
    rename_cause(key=CHLORINE, names=names, words="", actor=chief(company), now=NOW)
    install_causes(catalogue=catalogue(), now=NOW)
    assert Cause.objects.get(key=CHLORINE).names["zh-Hans"] == "余氯高"
    assert Cause.objects.get(key=ODOUR).names["zh-Hans"] == "水源异味"


def test_installing_again_changes_nothing() -> None:
    before = list(Cause.objects.order_by("id").values())
    install_causes(catalogue=catalogue(), now=NOW)
    assert list(Cause.objects.order_by("id").values()) == before


def test_every_cause_of_the_pack_has_a_place_in_the_tree() -> None:
    rows = Cause.objects.filter(pack="water")
    leaves = rows.filter(children__isnull=True)
    assert leaves.count() >= 40
    assert not rows.filter(level__gt=1, parent__isnull=True).exists()

"""Forms of case types: published by two people, kept by open cases, urgent by their answers."""

import dataclasses
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases import definitions
from qiao.cases.models import Case, ProcessVersion
from qiao.cases.operations import designing, edit_case, install_packs
from qiao.cases.queries import processes as reads
from qiao.cases.queries.form_list import list_forms
from qiao.cases.rules.draft_parts import Part, own_values, stamp
from qiao.cases.tests.browsing import HTMX, client_of, page, text_of
from qiao.cases.tests.designing import begun, change, publish, second_person
from qiao.cases.tests.world import NOW, a_case
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import Field
from qiao.core.rules.texts import Text
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
KEY = "form:water.leak"
LATER = NOW + timedelta(days=1)
SMELL = {"en": "Smell of gas?", "zh-Hans": "闻到燃气味吗", "zh-Hant": "聞到煤氣味嗎"}


def asked_for_gas(company: Company, at: datetime = NOW) -> ProcessVersion:
    """A question more, and a rule that makes its answer urgent."""
    draft = begun(company, at, KEY)
    who: dict[str, Any] = {"actor": company.chief, "now": at}
    _draft, question = designing.add_part(
        draft_id=draft.pk, kind="field", step="", name=SMELL, **who
    )
    change(draft, str(question), company.chief, at, key="gas", kind="bool")
    _draft, rule = designing.add_part(draft_id=draft.pk, kind="rule", step="", name=SMELL, **who)
    held = {"field": "gas", "op": "eq", "value": True}
    change(draft, str(rule), company.chief, at, priority="urgent", when=held)
    draft.refresh_from_db()
    return publish(draft, company, second_person(company), at)


def keys_of(case: Case) -> list[str]:
    return [field.key for field in definitions.type_of(case).fields]


def test_a_pack_brings_the_form_of_every_type_and_changes_nothing_twice(company: Company) -> None:
    lines = list_forms(actor=company.chief, now=NOW)
    assert {line.type_key: line.fields for line in lines} == {
        "water.leak": 3,
        "water.bill": 0,
        "water.burst": 0,
    }
    install_packs(catalogue=catalogue(), now=LATER)
    assert ProcessVersion.objects.filter(key=KEY).count() == 1


def test_a_case_keeps_the_form_that_it_was_opened_with(company: Company) -> None:
    older = a_case(company)
    version = asked_for_gas(company)
    newer = a_case(company, now=LATER, facts={"spot": "meter", "gas": False})
    assert older.form_id != newer.form_id == version.pk
    assert "gas" not in keys_of(Case.objects.get(pk=older.pk))
    assert keys_of(Case.objects.get(pk=newer.pk))[-1] == "gas"


def test_a_case_from_elsewhere_has_the_form_of_the_day_it_was_opened(company: Company) -> None:
    case = a_case(company)
    Case.objects.filter(pk=case.pk).update(form=None)
    asked_for_gas(company, LATER)
    case.refresh_from_db()
    assert keys_of(case) == ["spot", "flow", "remark"]
    Case.objects.filter(pk=case.pk).update(opened_at=LATER)
    case.refresh_from_db()
    assert keys_of(case)[-1] == "gas"


def test_an_answer_makes_the_case_urgent_and_the_history_says_why(
    company: Company, agent: Client
) -> None:
    asked_for_gas(company)
    calm = a_case(company, now=LATER, facts={"spot": "meter", "gas": False})
    case = a_case(company, now=LATER, facts={"spot": "meter", "gas": True})
    assert (calm.priority, case.priority) == ("normal", "urgent")
    opened = case.events.get(kind="opened").data
    assert opened["raised"] == {"why": SMELL, "usual": "normal"}
    assert "raised" not in calm.events.get(kind="opened").data
    assert SMELL["zh-Hans"] in text_of(
        agent.get(page(case), headers={"Accept-Language": "zh-hans"})
    )


def test_an_answer_never_makes_a_case_less_urgent_than_a_person_said(company: Company) -> None:
    asked_for_gas(company)
    case = a_case(company, now=LATER, priority="urgent", facts={"spot": "meter", "gas": False})
    assert case.priority == "urgent"


def test_an_answer_that_is_learnt_later_makes_the_case_urgent(company: Company) -> None:
    asked_for_gas(company)
    case = a_case(company, now=LATER, facts={"spot": "meter"})
    edit_case(case_id=case.pk, base={}, mine={"gas": True}, actor=company.agent, now=LATER)
    case.refresh_from_db()
    assert case.priority == "urgent"
    said = case.events.get(kind="priority_changed").data
    assert (said["before"], said["priority"], said["raised"]["why"]) == ("normal", "urgent", SMELL)


def test_a_process_asks_only_for_what_every_form_of_its_types_has(company: Company) -> None:
    second = second_person(company)
    for key in ("form:water.leak", "form:water.bill", "form:water.burst"):
        draft = begun(company, NOW, key)
        assert "gas" not in reads.known_to("water.service", NOW).fields
        _draft, made = designing.add_part(
            draft_id=draft.pk, kind="field", step="", name=SMELL, actor=company.chief, now=NOW
        )
        change(draft, str(made), company.chief, NOW, key="gas", kind="bool")
        draft.refresh_from_db()
        publish(draft, company, second, NOW)
    assert "gas" in reads.known_to("water.service", LATER).fields
    process = begun(company, NOW)
    change(process, "step:repair", company.chief, NOW, required=["cause", "gas"])
    publish(process, company, second, NOW)
    with pytest.raises(designing.HasFaults) as refused:
        without(company, "form:water.bill", "gas")
    assert [(f.code, str(f.part), f.detail) for f in refused.value.faults] == [
        ("needed", "process", {"key": "gas"})
    ]


def without(company: Company, key: str, field: str) -> None:
    """Ask for a form without one of its questions."""
    draft = begun(company, LATER, key)
    who: dict[str, Any] = {"draft_id": draft.pk, "actor": company.chief, "now": LATER}
    part = Part("field", key=field)
    seen = stamp(own_values(draft.definition, part))
    designing.remove_part(part=part, seen=seen, **who)
    designing.ask_to_publish(reason="Nobody answers it", from_when=None, **who)


def test_a_condition_must_look_at_a_question_that_is_there(company: Company) -> None:
    with pytest.raises(designing.HasFaults) as refused:
        without(company, KEY, "spot")
    assert [(f.code, str(f.part), f.field) for f in refused.value.faults] == [
        ("bad_condition", "field:flow", "show_when")
    ]


def test_a_pack_that_changed_a_form_is_an_offer_beside_what_the_house_published(
    company: Company,
) -> None:
    asked_for_gas(company)
    found = catalogue()
    more = Field("photo", Text("Photo sent", "已发照片", "已發照片"), "bool")
    leak = found.case_types["water.leak"]
    types = {
        **found.case_types,
        "water.leak": dataclasses.replace(leak, fields=(*leak.fields, more)),
    }
    install_packs(catalogue=dataclasses.replace(found, case_types=types), now=LATER)
    offer = reads.offer_of(reads.versions_of(KEY), LATER)
    assert offer is not None
    assert offer.version == 3
    assert designing.current_version(KEY, LATER).version == 2  # type: ignore[union-attr]


def test_the_form_of_a_new_case_asks_what_is_in_force_and_shows_why_it_is_urgent(
    company: Company, agent: Client
) -> None:
    asked_for_gas(company)
    typed = {"type": "water.leak", "priority_of": "water.leak", "priority": "normal"}
    calm = text_of(agent.post(reverse("cases:reshape"), typed, headers=HTMX))
    assert 'name="fact-gas"' in calm
    assert SMELL["zh-Hans"] in calm
    urgent = text_of(
        agent.post(reverse("cases:reshape"), {**typed, "fact-gas": "on"}, headers=HTMX)
    )
    assert (chosen(calm), chosen(urgent)) == ("normal", "urgent")
    assert 'role="status"' in urgent
    assert 'role="status"' not in calm


def chosen(text: str) -> str:
    """The priority that is chosen in the form."""
    tags = re.findall(r'<input[^>]*name="priority"[^>]*>', text)
    values = [re.search(r'value="([a-z]+)"', tag) for tag in tags if "checked" in tag]
    return "".join(value[1] for value in values if value)


def test_what_was_typed_comes_back_with_its_type_and_is_not_saved_without_it(
    company: Company, agent: Client
) -> None:
    leak = {"type": "water.leak", "fact-spot": "road", "fact-flow": "7", "channel": "call"}
    bill = text_of(
        agent.post(reverse("cases:reshape"), {**leak, "type": "water.bill"}, headers=HTMX)
    )
    assert '<input type="hidden" name="kept-flow" value="7">' in bill
    carried = {"type": "water.leak", "kept-spot": "road", "kept-flow": "7", "channel": "call"}
    back = text_of(agent.post(reverse("cases:reshape"), carried, headers=HTMX))
    assert re.search(r'<input[^>]*name="fact-flow"[^>]*value="7"', back)
    assert "kept-flow" not in back
    opened = agent.post(
        reverse("cases:new"),
        {**carried, "type": "water.bill", "priority": "low", "title": "账单"},
    )
    assert opened.status_code == 302
    assert Case.objects.get().facts == {}


def test_an_administrator_works_on_the_form_page_by_page(company: Company) -> None:
    chief = client_of(company.chief_staff)
    assert "water.leak" in text_of(chief.get(reverse("cases:forms")))
    shown = text_of(chief.get(reverse("cases:process", args=[KEY])))
    assert "补充" in shown
    begin = chief.post(reverse("cases:process_begin", args=[KEY]), {"version": "1"})
    editor = text_of(chief.get(begin.headers["Location"]))
    assert 'name="kind" value="rule"' in editor
    assert 'value="step"' not in editor
    draft = int(begin.headers["Location"].rstrip("/").rsplit("/", 1)[1])
    added = text_of(
        chief.post(reverse("cases:process_add", args=[draft]), {"kind": "rule"}, headers=HTMX)
    )
    assert 'id="slot-when-0-field"' in added
    assert "q-error" in added
    step = chief.post(reverse("cases:process_add", args=[draft]), {"kind": "step"})
    assert step.status_code == 404

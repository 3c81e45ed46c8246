"""The editor of processes in a browser's words: what an administrator sees and is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.operations import designing, take_action
from qiao.cases.rules.draft_parts import Part, own_values, stamp
from qiao.cases.tests.browsing import HTMX, client_of
from qiao.cases.tests.designing import KEY, begun, change, publish, second_person
from qiao.cases.tests.world import a_case
from qiao.core.models import Approval
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
STEP = {
    "name-en": "Repair", "name-zh_hans": "处理", "name-zh_hant": "處理", "phase": "work",
    "amount": "12", "unit": "h", "calendar": "water.always", "ask-cause": "required",
    "key": "repair", "tells": "case_visit",
}  # fmt: skip


@pytest.fixture
def chief(company: Company) -> Client:
    """The browser of the head of the company."""
    return english(client_of(company.chief_staff))


def english(client: Client) -> Client:
    """A browser that reads English."""
    client.cookies["q-language"] = "en"
    return client


@pytest.fixture
def draft(company: Company) -> ProcessDraft:
    return begun(company, timezone.now())


def at(name: str, draft: ProcessDraft, part: str = "") -> str:
    url = reverse(f"cases:process_{name}", args=[draft.pk])
    return f"{url}?part={part}" if part else url


def seen(draft: ProcessDraft, part: str) -> str:
    draft.refresh_from_db()
    return stamp(own_values(draft.definition, Part.read(part)))


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:800]
    return str(response.content.decode())


def test_the_list_counts_running_cases_by_version_in_one_read_each(
    chief: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    a_case(company)
    draft = begun(company, timezone.now())
    change(draft, "step:repair", company.chief, timezone.now(), time_limit="12h")
    publish(draft, company, second_person(company), timezone.now())
    a_case(company)
    page = text(chief.get(reverse("cases:processes")))
    assert "Service" in page
    assert "version 2" in page
    with django_assert_max_num_queries(16):
        chief.get(reverse("cases:processes"))


def test_a_draft_begins_from_a_version_and_shows_every_part(
    chief: Client, company: Company
) -> None:
    chief.post(reverse("cases:process_begin", args=[KEY]), {"version": "1"})
    draft = ProcessDraft.objects.get()
    page = text(chief.get(at("draft", draft)))
    for name in ("Intake", "Repair", "Call back", "Archived", "Send back", "Cause"):
        assert name in page
    for part in ("process", "step:repair", "action:repair/back", "field:cause"):
        assert "part-form" in text(chief.get(at("draft", draft, part)))
        assert "part-form" in text(chief.get(at("part", draft, part), headers=HTMX))


def test_a_step_is_changed_on_screen_and_only_what_was_changed(
    chief: Client, draft: ProcessDraft
) -> None:
    before = own_values(draft.definition, Part("step", key="repair"))
    body = STEP | {"seen": seen(draft, "step:repair")}
    page = text(chief.post(at("part", draft, "step:repair"), body, headers=HTMX))
    assert "1 change" in page or "2 changes" in page
    draft.refresh_from_db()
    after = own_values(draft.definition, Part("step", key="repair"))
    assert after == before | {
        "time_limit": "12h",
        "name": {"en": "Repair", "zh-Hans": "处理", "zh-Hant": "處理"},
        "calendar": "water.always",
    }


@pytest.mark.parametrize("part", ["process", "step:accept", "action:accept/refuse", "field:cause"])
def test_saving_a_part_as_it_is_shown_changes_nothing(
    chief: Client, draft: ProcessDraft, part: str
) -> None:
    form = chief.get(at("draft", draft, part)).context["pane"]["form"]
    body = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            body[bound.html_name] = "on" if value is True else value
    answer = chief.post(at("part", draft, part), body | {"seen": seen(draft, part)}, headers=HTMX)
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.definition == draft.based_on.definition


def test_a_fault_is_told_at_its_place_with_what_to_do(chief: Client, draft: ProcessDraft) -> None:
    body = STEP | {"seen": seen(draft, "step:repair"), "name-zh_hant": "", "amount": "soon"}
    page = text(chief.post(at("part", draft, "step:repair"), body, headers=HTMX))
    slot = page.partition('id="slot-name-zh_hant"')[2].partition("</div>")[0]
    assert "Type it in 繁體中文" in slot
    slot = page.partition('id="slot-amount"')[2].partition("</div>")[0]
    assert "whole number of minutes or hours" in slot
    page = text(chief.get(at("publish", draft)))
    assert "2 faults" in page


def test_a_condition_is_put_together_on_screen(chief: Client, draft: ProcessDraft) -> None:
    part = "action:repair/done"
    body = {
        "name-en": "Done", "name-zh_hans": "完工", "name-zh_hant": "完工", "to": "call_back",
        "key": "done", "seen": seen(draft, part),
        "when-0-field": "cause", "when-0-op": "eq", "when-0-value": "pipe",
        "when-1-field": "repeat_count", "when-1-op": "ge", "when-1-value": "2", "when-join": "any",
    }  # fmt: skip
    page = text(chief.post(at("part", draft, part) + "&redraw=1", body, headers=HTMX))
    assert "when-2-field" in page
    draft.refresh_from_db()
    assert own_values(draft.definition, Part.read(part))["when"] == {
        "any": [
            {"field": "cause", "op": "eq", "value": "pipe"},
            {"field": "repeat_count", "op": "ge", "value": 2},
        ]
    }
    assert "Cause is “Pipe” or" in text(chief.get(at("compare", draft))).replace("(", "").replace(
        ")", ""
    )


def test_of_two_who_changed_the_same_step_the_later_sees_both(
    chief: Client, company: Company, draft: ProcessDraft
) -> None:
    old = seen(draft, "step:repair")
    change(draft, "step:repair", second_person(company), timezone.now(), time_limit="6h")
    body = STEP | {"seen": old}
    answer = chief.post(at("part", draft, "step:repair"), body, headers=HTMX)
    page = text(answer, 422)  # what htmx swaps; 409 it does not
    assert answer["HX-Retarget"] == "#part-pane"
    assert "Somebody changed this meanwhile" in page
    assert "6 h" in page
    assert "12 h" in page
    draft.refresh_from_db()
    assert own_values(draft.definition, Part.read("step:repair"))["time_limit"] == "6h"
    again = STEP | {"seen": seen(draft, "step:repair")}
    text(chief.post(at("part", draft, "step:repair"), again, headers=HTMX))


def test_parts_are_added_moved_and_taken_out(chief: Client, draft: ProcessDraft) -> None:
    text(chief.post(at("add", draft), {"kind": "step"}, headers=HTMX))
    text(chief.post(at("add", draft), {"kind": "action", "step": "step_1"}, headers=HTMX))
    draft.refresh_from_db()
    assert [each["key"] for each in draft.definition["step"]] == [
        "accept", "repair", "call_back", "step_1", "archived",
    ]  # fmt: skip
    text(chief.post(at("move", draft, "step:step_1") + "&to=earlier", headers=HTMX))
    for part in ("action:step_1/action_1", "step:step_1"):
        draft.refresh_from_db()
        page = text(chief.get(at("part", draft, part), headers=HTMX))
        shown = {"seen": seen(draft, part)}
        assert f'id="remove-seen" name="seen" value="{shown["seen"]}"' in page
        text(chief.post(at("remove", draft, part), shown, headers=HTMX))
    draft.refresh_from_db()
    assert draft.definition == draft.based_on.definition


def test_a_part_that_somebody_changed_is_not_taken_out_unseen(
    chief: Client, company: Company, draft: ProcessDraft
) -> None:
    old = seen(draft, "step:repair")
    change(draft, "step:repair", second_person(company), timezone.now(), time_limit="6h")
    address = at("remove", draft, "step:repair")
    page = text(chief.post(address, {"seen": old}, headers=HTMX), 422)
    assert "Somebody changed this part meanwhile" in page
    draft.refresh_from_db()
    assert own_values(draft.definition, Part.read("step:repair"))["time_limit"] == "6h"
    text(chief.post(address, {"seen": seen(draft, "step:repair")}, headers=HTMX))
    draft.refresh_from_db()
    assert "repair" not in [each["key"] for each in draft.definition["step"]]


def test_publishing_is_asked_for_and_decided_on_the_page_of_the_second_person(
    chief: Client, company: Company, draft: ProcessDraft
) -> None:
    change(draft, "step:repair", company.chief, timezone.now(), time_limit="12h")
    assert "Ask for agreement" in text(chief.get(at("publish", draft)))
    text(chief.post(at("publish", draft), {"reason": "quicker"}), 302)
    asked = Approval.objects.get(kind=designing.APPROVAL)
    url = reverse("administration:decision", args=[asked.pk])
    second_person(company)
    second = english(client_of(Staff.objects.get(number="9002")))
    page = text(second.get(url))
    assert "Step “Repair”: Time limit" in page
    assert "12 h" in page
    assert second.post(url, {"word": "agree", "note": "good"}).status_code == 302
    assert ProcessVersion.objects.get(key=KEY, version=2).reason == "quicker"
    history = text(chief.get(reverse("cases:process", args=[KEY])))
    assert "agreed by 孙岚" in history


def test_a_planned_version_is_called_off_and_drafts_are_put_away_and_taken_up(
    chief: Client, company: Company, draft: ProcessDraft
) -> None:
    now = timezone.now()
    change(draft, "step:repair", company.chief, now, time_limit="12h")
    publish(draft, company, second_person(company), now, from_when=now + timedelta(days=2))
    page = text(chief.get(reverse("cases:process", args=[KEY])))
    assert "Call off" in page
    text(chief.post(reverse("cases:process_withdraw", args=[KEY, 2])), 302)
    other = begun(company, now)
    text(chief.post(at("drop", other)), 302)
    assert "Take up again" in text(chief.get(reverse("cases:process", args=[KEY])))
    text(chief.post(at("restore", other)), 302)
    other.refresh_from_db()
    assert other.state == ProcessDraft.State.OPEN


def test_the_drawing_and_the_list_tell_the_same_and_each_step_can_be_reached_by_keyboard(
    chief: Client, draft: ProcessDraft
) -> None:
    page = text(chief.get(at("draft", draft)))
    for key in ("accept", "repair", "call_back", "archived"):
        assert page.count(f"?part=step:{key}") >= 2


def test_who_does_not_design_for_the_company_sees_none_of_it(
    agent: Client, draft: ProcessDraft
) -> None:
    for url in (
        reverse("cases:processes"),
        reverse("cases:process", args=[KEY]),
        at("draft", draft),
        at("publish", draft),
    ):
        assert agent.get(url).status_code == 403


def test_a_draft_is_tried_on_a_past_case_and_tells_what_it_would_have_refused(
    chief: Client, agent: Client, company: Company, draft: ProcessDraft
) -> None:
    case = a_case(company, now=timezone.now() - timedelta(hours=9))
    about: dict[str, Any] = {"case_id": case.pk, "actor": company.agent}
    began = timezone.now() - timedelta(hours=8)
    take_action(action="hand_over", given={}, now=began, **about)
    take_action(action="done", given={"cause": "pipe"}, now=timezone.now(), **about)
    change(draft, "step:accept", company.chief, timezone.now(), required=["cause"])
    change(draft, "step:repair", company.chief, timezone.now(), time_limit="2h")
    page = text(chief.get(at("try", draft), {"number": case.number.lower()}))
    assert "not filled in then: Cause" in page
    assert "1 step late" in page
    assert "goes the same way" in page
    unknown = text(chief.get(at("try", draft), {"number": "GD000"}))
    assert "You see no case of this number" in unknown
    assert agent.get(at("try", draft)).status_code == 403

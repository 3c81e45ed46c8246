"""Voice menus on the screen: who sees them, how a draft is changed, tried and published."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core.actor import Forbidden
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person
from qiao.telephony.models import VoiceMenu, VoiceMenuDraft
from qiao.telephony.operations import add_line, install_menus
from qiao.telephony.operations import menu_drafts as drafts
from qiao.telephony.queries import list_menus
from qiao.telephony.rules.menu_edit import MENU, part_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
KEY = "water.hotline"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def company() -> Company:
    return city_with_hotline()


def city_with_hotline() -> Company:
    """The cast, the menus of the packs, and a line of the company that leads to the hotline's."""
    made = make_company()
    install_menus(NOW)
    add_line(
        number="96390", name="热线", organisation_id=made.company.pk, queue="water.billing",
        menu=KEY,
    )  # fmt: skip
    return made


def browser(staff: Staff, language: str = "en") -> Client:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = language
    return client


@pytest.fixture
def chief(company: Company) -> Client:
    return browser(company.chief_staff)


@pytest.fixture
def draft(company: Company) -> VoiceMenuDraft:
    return drafts.begin_menu_draft(key=KEY, version=1, actor=company.chief, now=NOW)


def at(name: str, step: str | None = None) -> str:
    url = reverse(f"telephony:menu_{name}", args=[KEY])
    return url if step is None else f"{url}?step={step}"


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:800]
    return str(response.content.decode())


def shown_form(client: Client, step: str) -> dict[str, Any]:
    """What a browser would post without anything having been typed."""
    pane = client.get(at("draft", step)).context["pane"]
    body = {
        bound.html_name: "on" if bound.value() is True else bound.value()
        for bound in pane["form"]
        if bound.value() not in (None, False)
    }
    return body | {"seen": pane["seen"]}


def form_to(client: Client, step: str, address: str) -> dict[str, str]:
    """The hidden fields of a form of the page, as a browser without script posts them."""
    page = text(client.get(at("draft", step)))
    form = page.partition(f'action="{address}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', form))


def post(client: Client, step: str, **typed: Any) -> Any:
    body = shown_form(client, step) | typed
    return client.post(at("step", step), body, headers=HTMX)


def stands() -> VoiceMenuDraft:
    return VoiceMenuDraft.objects.get(state="open")


def node(key: str) -> dict[str, Any]:
    return dict(part_of(stands().data, key).values)


def test_the_list_shows_lines_version_draft_and_faults(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    page = text(chief.get(reverse("telephony:menus")))
    for words in ("Hotline", "96390", "version 1", "open", "no faults"):
        assert words in page
    assert "<title>Voice menus · Qiao" in page
    post(chief, "main", otherwise="")
    assert "1 fault" in text(chief.get(reverse("telephony:menus")))


def test_the_list_costs_the_same_for_one_menu_and_for_many(
    chief: Client, company: Company
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            chief.get(reverse("telephony:menus"))
        return len(seen)

    asked()
    few = asked()
    (version,) = VoiceMenu.objects.filter(key=KEY)
    for number in range(9):
        key = f"water.m{number}"
        VoiceMenu.objects.create(
            key=key, version=1, data=version.data | {"key": key}, digest=str(number),
            published_at=NOW,
        )  # fmt: skip
        add_line(
            number=f"9639{number}", name="x", organisation_id=company.lake.pk,
            queue="water.billing", menu=key,
        )  # fmt: skip
    assert asked() == few


def test_a_branch_edits_the_menus_of_its_own_lines_alone(company: Company) -> None:
    assert list_menus(actor=company.agent, now=NOW) == []
    with pytest.raises(Forbidden):
        drafts.begin_menu_draft(key=KEY, version=1, actor=company.agent, now=NOW)
    add_line(
        number="2", name="x", organisation_id=company.lake.pk, queue="water.billing", menu=KEY
    )
    (row,) = list_menus(actor=company.agent, now=NOW)
    assert not row.is_own  # the line of the company leads here too
    client = browser(company.agent_staff)
    drafts.begin_menu_draft(key=KEY, version=1, actor=company.chief, now=NOW)
    page = text(client.get(reverse("telephony:menus")))
    assert "open</span>" in page
    assert at("draft") not in page
    VoiceMenuDraft.objects.all().delete()
    assert "New draft" not in text(client.get(reverse("telephony:menu", args=[KEY])))
    client.post(at("begin"), {"version": "1"})
    assert not VoiceMenuDraft.objects.exists()
    assert text(browser(company.outsider_staff).get(reverse("telephony:menu", args=[KEY])), 404)


def test_without_the_right_nothing_is_seen(company: Company) -> None:
    clerk = person(number="3001", name="x", branch=company.company, permissions=("calls.figures",))
    assert browser(clerk).get(reverse("telephony:menus")).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_step_can_be_opened_and_put_back_as_it_is_shown(
    company: Company, draft: VoiceMenuDraft, language: str
) -> None:
    client = browser(company.chief_staff, language)
    for key in (MENU, *(each["key"] for each in draft.data["node"])):
        answer = post(client, key)
        assert answer.status_code == 200, key
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_key_may_lead_to_a_new_step_whose_words_are_missed_at_once(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    answer = post(chief, "main", **{"keys-7": "+message"})
    page = text(answer)
    assert answer["HX-Retarget"] == "#step-pane"  # another step to lead to: drawn anew
    assert page.count("The words are missing in this language") >= 3
    assert node("main")["keys"]["7"] == "message"
    words = {"text-message-zh-hans": "请留言", "text-message-yue": "請留言", "next": "left"}
    answer = post(chief, "message", **words, **{"text-message-en": "Speak now"})
    assert "HX-Retarget" not in answer  # nobody loses the place where they type
    assert "no faults" in text(answer)
    assert node("message")["values"] == {"number": "digits", "day": "date", "clock": "time"}


def test_a_fault_is_shown_at_its_control_in_the_readers_language(
    company: Company, draft: VoiceMenuDraft
) -> None:
    client = browser(company.chief_staff, "zh-hans")
    answer = post(client, "main", **{"keys-9": "to_repair", "tries": "20"})
    slots = {
        bound.name: found
        for _group, held in answer.context["pane"]["groups"]
        for bound, found, *_more in held
        if found
    }
    assert set(slots) == {"keys-9", "tries"}
    assert "紧急" in slots["keys-9"][0]
    assert post(client, "main", tries="many").status_code == 422
    assert node("main")["tries"] == 20


def test_of_two_who_change_one_step_the_second_is_told_and_nothing_is_lost(
    company: Company, chief: Client, draft: VoiceMenuDraft
) -> None:
    other = person(number="9009", name="唐慧", branch=company.company)
    second = browser(other)
    before = shown_form(second, "bye")
    post(chief, "bye", **{"text-bye-en": "So long."})
    typed = before | {"text-bye-en": "Farewell."}
    answer = second.post(at("step", "bye"), typed, headers=HTMX)
    page = text(answer, 422)
    assert answer["HX-Retarget"] == "#step-pane"
    for words in ("Somebody changed this step meanwhile", "So long.", "Farewell."):
        assert words in page
    assert stands().data["texts"]["bye"]["en"] == "So long."
    again = typed | {"seen": answer.context["pane"]["seen"]}
    text(second.post(at("step", "bye"), again, headers=HTMX))
    assert stands().data["texts"]["bye"]["en"] == "Farewell."
    # Another step, and a step that was taken out:
    text(post(second, "night", tries="3"))
    chief.post(at("remove"), {"step": "bye", "seen": before["seen"]}, headers=HTMX)
    assert node("bye")  # it was changed since: looked at before it is taken out
    chief.post(at("remove"), {"step": "bye", "seen": shown_form(chief, "bye")["seen"]})
    gone = second.post(at("step", "bye"), again, headers=HTMX)
    assert "took this step out meanwhile" in text(gone, 422)


def test_steps_are_added_moved_renamed_and_taken_out_without_script_too(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    answer = chief.post(at("add"), {"kind": "say", "step": "main"})
    assert answer["Location"] == at("draft", "say")
    body = shown_form(chief, "main") | {"keys-7": "+x"}
    assert chief.post(at("step", "main"), body).status_code == 302
    assert node("main")["keys"]["7"] == "+x"  # no kind of step: a fault that the page shows
    chief.post(at("move"), {"step": "say", "to": "earlier"})
    keys = [each["key"] for each in stands().data["node"]]
    assert keys.index("say") == keys.index("main") - 1
    body = shown_form(chief, "say") | {"key": "news"}
    assert chief.post(at("step", "say"), body)["Location"] == at("draft", "news")
    taken = shown_form(chief, "news") | {"key": "main"}
    assert "Another step has this key" in text(chief.post(at("step", "news"), taken), 422)
    chief.post(at("remove"), form_to(chief, "news", at("remove")))
    assert all(each["key"] != "news" for each in stands().data["node"])
    assert chief.post(at("add"), {"kind": "fly"}).status_code == 404
    for deed in ("move", "remove"):  # the menu itself is no step
        body = {"step": MENU, "seen": shown_form(chief, MENU)["seen"]}
        assert chief.post(at(deed), body).status_code == 422


def test_a_change_costs_the_same_wherever_it_is_made(chief: Client, draft: VoiceMenuDraft) -> None:
    def asked(step: str, **typed: Any) -> int:
        body = shown_form(chief, step) | typed
        with CaptureQueriesContext(connection) as seen:
            text(chief.post(at("step", step), body, headers=HTMX))
        return len(seen)

    few = asked("bye", **{"text-bye-en": "So long."})
    assert asked("main", **{"text-main-en": "Press 1.", "keys-7": "leave"}) == few < 25


def test_a_menu_is_read_alone_and_its_versions_once(chief: Client, draft: VoiceMenuDraft) -> None:
    with CaptureQueriesContext(connection) as seen:
        text(chief.get(f"{at('compare')}?before=1&after=draft"))
    asked = [each["sql"] for each in seen if 'FROM "telephony_voicemenu"' in each["sql"]]
    assert len(asked) == 2  # the one in service, and all of them
    assert not any("telephony_level" in each["sql"] for each in seen)  # no figures of calls
    assert chief.get(f"{at('compare')}?before=9&after=1").status_code == 404


def test_only_a_draft_without_faults_is_published_and_the_first_press_counts(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    post(chief, "bye", **{"text-bye-en": ""})
    revision = str(stands().revision)
    page = text(chief.post(at("publish"), {"revision": revision}), 422)
    assert "1 fault" in page
    assert VoiceMenu.objects.filter(key=KEY).count() == 1
    post(chief, "bye", **{"text-bye-en": "So long."})
    assert "changed the draft meanwhile" in text(
        chief.post(at("publish"), {"revision": revision}), 422
    )
    body = {"revision": str(stands().revision), "reason": "shorter"}
    assert chief.post(at("publish"), body).status_code == 302
    assert chief.post(at("publish"), body).status_code == 404  # no draft is open any more
    newest = VoiceMenu.objects.get(version=2)
    assert (newest.reason, newest.data["texts"]["bye"]["en"]) == ("shorter", "So long.")
    page = text(chief.get(reverse("telephony:menu", args=[KEY])))
    for words in ("version 2", "shorter", "郑岩", "brought by the pack", "1 change"):
        assert words in page
    assert "So long." in text(chief.get(f"{at('compare')}?before=1&after=2"))


def test_the_draft_is_tried_by_keys_by_day_and_by_night(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    page = text(chief.get(at("try"), {"language": "en", "when": "day"}))
    assert "Example: nothing is looked up" in page  # the incident at the caller's place
    told = {"language": "en", "moves": "answer:none", "when": "night"}
    assert "For bills and payment press 1" in text(chief.get(at("try"), told))
    assert "We are closed now" in text(chief.get(at("try"), told | {"move": "0"}))
    day = text(chief.get(at("try"), told | {"move": "0", "when": "day"}, headers=HTMX))
    assert "Waits for people" in day
    assert "<html" not in day
    at_night = {"moves": "answer:none 0", "at": "2026-11-27T03:00", "language": "en"}
    assert "We are closed now" in text(chief.get(at("try"), at_night))
    many = {"moves": "answer:none" + " 1" * 198, "move": "2 3", "language": "en"}
    kept = chief.get(at("try"), many).context["moves"].split()
    assert (len(kept), kept[0], kept[-1]) == (200, "answer:none", "2")  # as many as are played
    post(chief, "main", otherwise="")
    assert "cannot be walked through yet" in text(chief.get(at("try"), told))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Read out a list", "The last twelve bills", "{paid}", "goes on to the next entry",
                "Said for each entry", "Entries in a part", "No bills yet")),
        ("zh-hans", ("播报列表", "最近十二期账单", "{paid}", "播报时按", "逐条播报",
                     "每组条数", "还没有账单")),
        ("zh-hant", ("播報列表", "最近十二期帳單", "{paid}", "播報時按", "逐條播報",
                     "每組條數", "還沒有帳單")),
    ],
)  # fmt: skip
def test_a_step_that_reads_out_a_list_is_named_and_explained_in_the_readers_language(
    company: Company, draft: VoiceMenuDraft, language: str, words: tuple[str, ...]
) -> None:
    page = text(browser(company.chief_staff, language).get(at("draft", "bills_list")))
    for each in words:
        assert each in page


def test_a_list_that_is_read_out_is_changed_and_its_own_keys_are_kept_free(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    form = chief.get(at("draft", "bills_list")).context["pane"]["form"]
    assert "keys-8" in form.fields
    assert not {"keys-1", "keys-7", "keys-star", "keys-hash"} & set(form.fields)
    before = node("bills_list")
    post(chief, "bills_list", **{"keys-5": "bills_arrears", "part": "4"})
    after = node("bills_list")
    assert after == before | {
        "keys": {"8": "bills_menu", "5": "bills_arrears"}, "part": 4,
    }  # fmt: skip
    post(chief, "bills_list", name="arrears")
    assert (
        node("bills_list")["entry_values"].keys() == node("bills_arrears")["entry_values"].keys()
    )
    post(chief, "bills_list", name="")
    page = text(chief.get(at("draft", "bills_list")))
    assert "Nothing is chosen here" in page


def test_bills_are_tried_on_the_screen_with_an_example(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    moves = "answer:none 8 answer:known 2"
    told = {"language": "en", "moves": moves}
    page = text(chief.get(at("try"), told))
    assert "Asked: The last twelve bills" in page
    assert "There is something to read out" in page
    page = text(chief.get(at("try"), told | {"move": "answer:ok"}))
    assert "For October twenty twenty six:" in page
    assert "fifty two yuan and thirty fen, not paid yet." in page
    assert "To go on press 1" in page
    assert "sixty one yuan and twenty fen, twenty yuan still to pay." in page
    page = text(chief.get(at("try"), told | {"move": "answer:ok 1"}))
    assert "For July twenty twenty six:" in page

"""The pages of changing a tariff: tables, text, trial, asking, history; refusals in words."""

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.operations import tariff_changing as ops
from qiao.billing.queries.tariff_checks import check_draft
from qiao.billing.rules.tariffs.cells import cells
from qiao.billing.rules.tariffs.toml_text import write_text
from qiao.billing.tests.lives import NOW, a_tariff
from qiao.billing.tests.tariff_changes import (
    DAY,
    SOURCE,
    begun,
    dearer,
    named,
    publish,
    save,
    second_person,
)
from qiao.core.models import Approval
from qiao.staff.models import Staff
from qiao.staff.tests.cast import TODAY, Company, person

pytestmark = pytest.mark.django_db
FAR = "2099-01-01"


@pytest.fixture(autouse=True)
def _before_the_day() -> Iterator[None]:
    """The days of these changes have not come."""
    with time_machine.travel(NOW, tick=True):
        yield


def client_of(staff: Staff, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(staff)
    return client


@pytest.fixture
def chief(company: Company) -> Client:
    return client_of(company.chief_staff)


def words(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", text)


def household() -> Tariff:
    return Tariff.objects.get(pack="water", key="household")


def page(draft: TariffDraft, name: str = "tariff_draft") -> str:
    return reverse(f"billing:{name}", args=[draft.pk])


def form(draft: TariffDraft, **more: str) -> dict[str, str]:
    draft.refresh_from_db()
    return {
        "seen": str(draft.revision),
        "valid_from": draft.valid_from.isoformat(),
        "source": SOURCE,
    } | more


def test_a_change_begins_from_the_page_of_the_tariff(company: Company, chief: Client) -> None:
    tariff = household()
    address = reverse("billing:tariff_begin", args=[tariff.pk])
    assert address in chief.get(reverse("billing:tariff", args=[tariff.pk])).content.decode()
    assert "Change from" in words(chief.get(address))
    assert "Say from which day on." in words(chief.post(address, {"valid_from": ""}), 422)
    taken = words(chief.post(address, {"valid_from": "2026-01-01"}), 422)
    assert "Another version begins on this day." in taken
    early = words(chief.post(address, {"valid_from": "2001-01-01"}), 422)
    assert "there is nothing to change from it on" in early
    wide = words(chief.post(address, {"valid_from": "2200-01-01"}), 422)
    assert "between 1990 and 2100" in wide
    begun_at = chief.post(address, {"valid_from": FAR})
    draft = TariffDraft.objects.get()
    assert begun_at["Location"] == page(draft)
    assert draft.begun_by_id == company.chief_staff.pk


def test_the_form_has_every_number_by_its_name(company: Company, chief: Client) -> None:
    draft = begun(company, household())
    shown = chief.get(page(draft)).content.decode()
    for label, value in (
        ("Water · tier 2 · price", "3.00"),
        ("Water · tier 2 · starts above", "180"),
        ("Sewage fee · price", "0.95"),
        ("VAT contained in the water price (3 %) · share", "3"),
        ("People in the household · taken where nothing is known", "4"),
    ):
        assert re.search(rf'value="{value}"[^>]*aria-label="{re.escape(label)}"', shown), label
    told = words(chief.get(page(draft)))
    assert ", and for each beyond (People in the household)" in told
    business = begun(company, Tariff.objects.get(pack="water", key="business"))
    shown = words(chief.get(page(business)))
    assert "Meter size (mm) DN 15" in shown
    assert "Reckoned first" in shown


def test_saving_shows_what_was_and_by_how_much_it_changes(company: Company, chief: Client) -> None:
    draft = begun(company, household())
    price = named(draft, "water", "price", 1)
    saved = chief.post(page(draft), form(draft, **{f"n.{price}": "2.20"}))
    assert saved["Location"] == page(draft)
    told = words(chief.get(page(draft)))
    assert "was 2.00 · +10 %" in told
    assert "Water · tier 1 · price 2.00 → 2.20 +10 %" in told
    tried = chief.post(page(draft), form(draft, then="try"))
    assert tried["Location"] == page(draft, "tariff_try")


def test_errors_name_row_and_field_and_keep_what_was_typed(
    company: Company, chief: Client
) -> None:
    draft = begun(company, Tariff.objects.get(pack="water", key="business"))
    names = [cell.name for cell in cells(draft.definition)]
    rows = [name for name in names if name.startswith("charges.0.amount")]
    refused = chief.post(page(draft), form(draft, **{f"n.{rows[1]}": "twelve"}))
    told = words(refused, 422)
    assert (
        "Meter charge · Meter size (mm) DN 20 · amount : This is no number. Write it as 2.85."
        in told
    )
    assert 'value="twelve"' in refused.content.decode()
    assert "Some numbers cannot stand" in told
    day = words(chief.post(page(draft), form(draft, valid_from="2023-01-01")), 422)
    assert "Another version begins on this day." in day
    draft.refresh_from_db()
    assert draft.revision == 1


def test_who_saves_later_sees_both_numbers(company: Company, chief: Client) -> None:
    draft = begun(company, household())
    price = named(draft, "water", "price", 1)
    earlier = form(draft, **{f"n.{price}": "2.30"})
    save(draft, company.chief, values={price: "2.20"})
    moved = chief.post(page(draft), earlier)
    told = words(moved, 422)
    assert f"{company.chief_staff.name} saved this draft meanwhile." in told
    assert "now stands: 2.20" in told
    assert 'value="2.30"' in moved.content.decode()
    again = re.search(r'name="seen" value="(\d+)"', moved.content.decode())
    assert again is not None
    assert chief.post(page(draft), earlier | {"seen": again[1]}).status_code == 302
    draft.refresh_from_db()
    assert draft.definition["charges"][0]["prices"][0] == "2.30"


def test_the_text_is_the_same_draft(company: Company, chief: Client) -> None:
    draft = begun(company, household())
    address = page(draft, "tariff_text")
    assert "[[charges]]" in words(chief.get(address))
    text = write_text(draft.definition)
    broken = words(chief.post(address, {"seen": "1", "text": text + "x ="}), 422)
    assert "This is no TOML" in broken
    wrong = words(chief.post(address, {"seen": "1", "text": text.replace('"2.00"', '"a b"')}), 422)
    assert "At charges[0].prices[0]:" in wrong
    kept = chief.post(address, {"seen": "1", "text": text.replace('"2.00"', '"2.10"')})
    assert kept["Location"] == address
    assert 'value="2.10"' in chief.get(page(draft)).content.decode()
    later = words(chief.post(address, {"seen": "1", "text": text}), 422)
    assert "saved this draft meanwhile" in later


def test_a_draft_is_tried_old_beside_new(company: Company, chief: Client) -> None:
    draft = begun(company, household())
    save(draft, company.chief, values={named(draft, "water", "price", 1): "2.20"})
    address = page(draft, "tariff_try")
    told = words(chief.get(address, {"usage": "30", "people": "4"}))
    assert "Water CNY 60.00 CNY 66.00 +CNY 6.00 +10 %" in told
    assert "A bill across 2027-01-01" in told
    assert "2026-12-01 – 2026-12-31 31 days old prices" in told
    assert "Use 90" in told
    part = chief.get(address, {"usage": "x", "part": "trial"}, headers={"HX-Request": "true"})
    assert "Use: Enter a number, 0 or more." in words(part)
    assert "Prices and tariffs" not in words(part)


def test_asking_needs_what_is_confirmed_and_then_the_draft_stands_still(
    company: Company, chief: Client
) -> None:
    draft = begun(company, household())
    save(draft, company.chief, values={named(draft, "water", "price", 1): "3.00"})
    shown = words(chief.get(page(draft)))
    assert "Water · tier 1 · price: 2.00 becomes 3.00 (+50 %)." in shown
    draft.refresh_from_db()
    ask = {"seen": str(draft.revision)}
    told = words(chief.post(page(draft, "tariff_publish"), ask, follow=True))
    assert "2.00 becomes 3.00" in told
    assert not Approval.objects.exists()
    asks = check_draft(TariffDraft.objects.get(pk=draft.pk), today=TODAY).asks
    ask["confirm"] = asks[0].key
    told = words(chief.post(page(draft, "tariff_publish"), ask, follow=True))
    assert "Asked. It is published when a second person has agreed." in told
    assert "waits for a second person" in told
    assert "fieldset disabled" in chief.get(page(draft)).content.decode().replace(
        'class="q-pb tf-about" ', ""
    ).replace('class="q-panel clip tf-section" ', "")
    stale = words(chief.post(page(draft, "tariff_publish"), {"seen": "x"}, follow=True))
    assert "The draft stands still" in stale
    told = words(chief.post(page(draft, "tariff_take_back"), follow=True))
    assert "The request is withdrawn." in told


def test_a_second_person_sees_the_draft_and_agrees_on_the_page_of_decisions(
    company: Company, chief: Client
) -> None:
    draft = begun(company, household())
    save(draft, company.chief, values={named(draft, "water", "price", 1): "2.20"})
    draft.refresh_from_db()
    chief.post(page(draft, "tariff_publish"), {"seen": str(draft.revision)})
    leader = client_of(
        person(
            number="9002",
            name="孙岚",
            branch=company.company,
            permissions=("tariffs.view", "core.approve", "desk.administer"),
        )
    )
    assert "under way" not in words(leader.get(page(draft)))
    assert leader.post(page(draft), form(draft)).status_code == 403
    asked = Approval.objects.get()
    decision = reverse("administration:decision", args=[asked.pk])
    told = words(leader.get(decision))
    assert "Water · tier 1 · price" in told
    assert f"From {DAY}, by: {SOURCE}" in told
    own = words(chief.post(decision, {"word": "agree", "note": ""}), 422)
    assert "Somebody else has to decide" in own
    assert leader.post(decision, {"word": "agree", "note": ""}).status_code == 302
    version = TariffVersion.objects.get(valid_from=DAY)
    listed = words(chief.get(reverse("billing:tariff", args=[draft.tariff_id])))
    assert f"{DAY} until changed {SOURCE} 郑岩, agreed by 孙岚" in listed
    assert "2026-01-01 2027-01-01" in listed
    assert "planned" in listed
    shown = words(chief.get(reverse("billing:tariff_version", args=[draft.tariff_id, version.pk])))
    assert "Water · tier 1 · price 2.00 → 2.20 +10 %" in shown
    called = chief.post(reverse("billing:tariff_withdraw", args=[version.pk]), follow=True)
    assert "Called off. The version before it goes on." in words(called)
    again = chief.post(reverse("billing:tariff_withdraw", args=[version.pk]), follow=True)
    assert "cannot be called off" in words(again)


def test_a_draft_is_put_away_taken_up_and_carried_over(company: Company, chief: Client) -> None:
    tariff = a_tariff()
    draft = dearer(company, tariff)
    told = words(chief.post(page(draft, "tariff_drop"), follow=True))
    assert "The draft is put away." in told
    assert "put away" in words(chief.get(reverse("billing:tariff", args=[tariff.pk])))
    assert "taken up again" in words(chief.post(page(draft, "tariff_restore"), follow=True))
    other = begun(company, tariff, date(2026, 12, 1))
    save(other, company.chief, values={named(other, "sewage", "price"): "1.05"})
    publish(other, company, second_person(company))
    assert "Put my numbers into the newer version" in words(chief.get(page(draft)))
    told = words(chief.post(page(draft, "tariff_carry_over"), follow=True))
    assert "Your numbers stand in the newer version now." in told


def test_people_without_the_right_see_prices_and_no_drafts(company: Company) -> None:
    draft = dearer(company)
    version = publish(dearer(company, a_tariff()), company, second_person(company))
    viewer = person(
        number="4711", name="甲", branch=company.company, permissions=("tariffs.view",)
    )
    for staff in (viewer, company.agent_staff):  # no right; a right in a branch alone
        client = client_of(staff)
        listed = words(client.get(reverse("billing:tariff", args=[draft.tariff_id])))
        assert "Change the prices" not in listed
        assert "Drafts" not in listed
        assert client.get(page(draft)).status_code == 403
        for name in ("tariff_publish", "tariff_take_back", "tariff_drop", "tariff_carry_over"):
            assert client.post(page(draft, name)).status_code == 403
        begin = reverse("billing:tariff_begin", args=[draft.tariff_id])
        assert client.post(begin, {"valid_from": FAR}).status_code == 403
        withdraw = reverse("billing:tariff_withdraw", args=[version.pk])
        assert client.post(withdraw).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "open"


def test_what_is_not_there_is_not_found(company: Company, chief: Client) -> None:
    for name in ("tariff_draft", "tariff_text", "tariff_try"):
        assert chief.get(reverse(f"billing:{name}", args=[10**9])).status_code == 404
    assert chief.get(reverse("billing:tariff_begin", args=[10**9])).status_code == 404
    assert chief.post(reverse("billing:tariff_withdraw", args=[10**9])).status_code == 404
    version = a_tariff().versions.first()
    assert version is not None
    other = reverse("billing:tariff_version", args=[household().pk, version.pk])
    assert chief.get(other).status_code == 404


def test_chinese_readers_have_the_form_in_chinese(company: Company) -> None:
    draft = dearer(company, household())
    for language, word in (("zh-hans", "阶梯"), ("zh-hant", "階梯")):
        told = words(client_of(company.chief_staff, language).get(page(draft)))
        assert word in told
        assert "Before it is published" not in told
        assert "What changes" not in told


def test_a_tariff_of_very_many_numbers_is_changed_as_text(company: Company, chief: Client) -> None:
    draft = begun(company)
    rows = "".join(f'[["{n}"], "{n}"],\n' for n in range(460))
    charge = '[[charges]]\nkey = "zone"\nkind = "fixed"\namount = {by = ["zone"], rows = ['
    text = f"{write_text(draft.definition)}\n{charge}{rows}]}}\n"
    ops.save_text(draft_id=draft.pk, seen=1, text=text, actor=company.chief, now=NOW)
    told = words(chief.get(page(draft)))
    assert "Too many numbers for tables" in told

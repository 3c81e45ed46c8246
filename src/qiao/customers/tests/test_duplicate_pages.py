"""The worklist of duplicates, comparing and merging on one page, and the way back."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.customers.models import Customer, Duplicate, DuplicateRun, Merge
from qiao.customers.operations import merge_customers, note_last_contact
from qiao.customers.operations.duplicate_finding import (
    check_for_duplicates,
    fold_duplicate_counts,
)
from qiao.customers.queries.duplicates import count_duplicates, list_duplicates
from qiao.customers.tests.factories import NOW, make_account, make_customer, make_premises
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

MOBILE = "13805712264"


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


def signed_in(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = "en"
    return client


def twins(actor: Actor, serial: int = 0, **more: Any) -> tuple[Customer, Customer]:
    """One customer under two records, found."""
    home = make_premises(actor)
    made = [
        make_customer(actor, name=name, phones=[f"{MOBILE[:-3]}{serial:03d}"], **more)
        for name in (f"陈慧敏{serial or ''}", f"陈惠敏{serial or ''}")
    ]
    for each in made:
        make_account(actor, owner=each, premises=home)
    check_for_duplicates(customer_ids=[made[0].pk], now=NOW)
    return made[0], made[1]


def choices(first: Customer, second: Customer, **other: Any) -> dict[str, Any]:
    chosen = dict.fromkeys(("survivor", "name", "gender", "tier"), first.pk)
    return {**chosen, "phone": first.phones.get().pk, "reason": "同一手机", **other}


def test_the_worklist_shows_evidence_in_words_and_keeps_to_the_branch(world: Company) -> None:
    twins(world.agent)
    page = signed_in(world.agent_staff).get(reverse("customers:duplicates")).content.decode()
    assert "陈慧敏" in page
    assert "陈惠敏" in page
    for words in ("same mobile number", "names that sound the same", "same address"):
        assert words in page
    assert MOBILE not in page.replace(" ", "")
    assert (
        "陈慧敏"
        not in signed_in(world.outsider_staff)
        .get(reverse("customers:duplicates"))
        .content.decode()
    )


def test_a_pair_of_two_branches_is_for_those_who_see_both(world: Company) -> None:
    home = make_premises(world.agent)
    ours = make_customer(world.agent, phones=[MOBILE])
    theirs = make_customer(world.outsider, phones=[MOBILE])
    make_account(world.agent, owner=ours, premises=home)
    check_for_duplicates(customer_ids=[ours.pk], now=NOW)
    counted = {
        actor.name: (len(list_duplicates(actor=actor).lines), count_duplicates(actor=actor)[""])
        for actor in (world.agent, world.outsider, world.chief)
    }
    assert counted == {"林晓岚": (0, 0), "何远": (0, 0), "郑岩": (1, 1)}
    url = reverse("customers:merge", args=[ours.pk, theirs.pk])
    assert signed_in(world.agent_staff).get(url).status_code == 404
    assert signed_in(world.chief_staff).get(url).status_code == 200


def test_the_worklist_goes_on_page_by_page_and_narrows(
    world: Company, django_assert_num_queries: Any
) -> None:
    for serial in range(5):
        twins(world.agent, serial)
    fold_duplicate_counts()
    assert count_duplicates(actor=world.agent) == {"phone": 5, "": 5}
    seen: list[int] = []
    after = ""
    for _ in range(3):
        page = list_duplicates(actor=world.agent, after=after, limit=2)
        seen += [line.duplicate_id for line in page.lines]
        after = page.after
    assert after == ""
    assert len(set(seen)) == len(seen) == 5
    assert list_duplicates(actor=world.agent, strongest="identity").lines == []
    for limit in (1, 5):
        with django_assert_num_queries(2):
            list_duplicates(actor=world.agent, limit=limit)


def test_merging_on_the_page_and_undoing_by_the_toast(world: Company) -> None:
    first, second = twins(world.agent)
    note_last_contact(customer_id=second.pk, at=NOW, channel="phone", subject="报修")
    client = signed_in(world.agent_staff)
    url = reverse("customers:merge", args=[first.pk, second.pk])
    page = client.get(url).content.decode()
    assert "names that sound the same" in page
    assert "is proposed to stand for both" in page
    answer = client.post(url, choices(second, first, name=first.pk), follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("customers:page", args=[second.pk])
    assert "1 record merged" in shown
    second.refresh_from_db()
    assert second.name == "陈慧敏"
    undo = re.search(r'data-undo="([^"]+)"', shown)
    assert undo is not None
    assert undo.group(1) == reverse("customers:merge_undo", args=[first.pk])
    assert client.get(reverse("customers:page", args=[first.pk])).status_code == 302
    client.post(undo.group(1), headers={"HX-Request": "true"})
    second.refresh_from_db()
    assert second.name == "陈惠敏"
    assert client.get(reverse("customers:page", args=[first.pk])).status_code == 200
    assert Duplicate.objects.get().state == "proposed"


def test_what_stays_after_an_undo_is_told(world: Company) -> None:
    first, second = twins(world.agent)
    client = signed_in(world.agent_staff)
    url = reverse("customers:merge", args=[first.pk, second.pk])
    client.post(url, choices(first, second, name=second.pk))
    client.post(reverse("customers:name_change", args=[first.pk]), {"name": "陈小敏"})
    answer = client.post(reverse("customers:merge_undo", args=[second.pk]), follow=True)
    assert "Left as it is on “陈小敏”, since it was changed after the merge: Name." in (
        answer.content.decode()
    )


def test_a_merge_needs_its_reason(world: Company) -> None:
    first, second = twins(world.agent)
    url = reverse("customers:merge", args=[first.pk, second.pk])
    answer = signed_in(world.agent_staff).post(url, choices(first, second, reason=""))
    assert answer.status_code == 422
    assert not Merge.objects.exists()


def test_two_who_are_one_already_lead_to_that_one(world: Company) -> None:
    first, second = twins(world.agent)
    merge_customers(actor=world.agent, now=NOW, customer_id=first.pk, merged_id=second.pk)
    url = reverse("customers:merge", args=[second.pk, first.pk])
    for method in ("get", "post"):
        answer = getattr(signed_in(world.agent_staff), method)(url)
        assert answer.url == reverse("customers:page", args=[first.pk])
    undo = reverse("customers:merge_undo", args=[second.pk])
    assert signed_in(world.agent_staff).post(undo).status_code == 302
    assert signed_in(world.agent_staff).post(undo).status_code == 302


def test_two_people_stay_two_with_a_reason(world: Company) -> None:
    twins(world.agent)
    client = signed_in(world.agent_staff)
    url = reverse("customers:duplicate_dismiss", args=[Duplicate.objects.get().pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "母女"}).status_code == 302
    assert (
        "母女" in client.get(reverse("customers:duplicates") + "?state=dismissed").content.decode()
    )
    client.post(reverse("customers:duplicate_reopen", args=[Duplicate.objects.get().pk]))
    assert Duplicate.objects.get().state == "proposed"


def test_the_page_of_a_customer_leads_to_the_twin_and_to_any_other(world: Company) -> None:
    first, second = twins(world.agent)
    client = signed_in(world.agent_staff)
    page = client.get(reverse("customers:page", args=[first.pk])).content.decode()
    assert "Perhaps held twice" in page
    assert reverse("customers:merge", args=[first.pk, second.pk]) in page
    other = make_customer(world.agent, name="何远")
    found = client.get(reverse("customers:merge_with", args=[first.pk]) + "?q=何远")
    assert reverse("customers:merge", args=[first.pk, other.pk]) in found.content.decode()


def test_a_merged_customer_shows_every_number_once(world: Company) -> None:
    first, second = twins(world.agent)
    merge_customers(actor=world.agent, now=NOW, customer_id=first.pk, merged_id=second.pk)
    page = signed_in(world.agent_staff).get(reverse("customers:page", args=[first.pk]))
    band = page.content.decode().split('class="q-tabs')[0]
    assert band.count("138 0571 2000") == 1


def test_registering_somebody_held_twice_leads_to_both(world: Company) -> None:
    first, second = twins(world.agent)
    hint = signed_in(world.agent_staff).get(
        reverse("customers:alike"), {"phone": f"{MOBILE[:-3]}000"}
    )
    pattern = rf"/customers/merge/({first.pk}/{second.pk}|{second.pk}/{first.pk})/"
    assert re.search(pattern, hint.content.decode())


def test_a_search_is_begun_once_and_told(world: Company) -> None:
    client = signed_in(world.agent_staff)
    start = reverse("customers:duplicate_search_start")
    client.post(start)
    client.post(start)
    run = DuplicateRun.objects.get()
    assert "Gathering pairs" in client.get(reverse("customers:duplicates")).content.decode()
    run.state, run.finished_at = "done", timezone.now()
    run.save()
    told = client.get(reverse("customers:duplicate_search") + "?since=1")
    assert told["HX-Redirect"] == reverse("customers:duplicates")

"""Looking for customers held twice: measured on planted ones, by night and at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from qiao.customers.models import Customer, Duplicate, DuplicateRun, Premises
from qiao.customers.operations import (
    ReasonMissing,
    WrongState,
    add_identity,
    build_customers,
    merge_customers,
    undo_merge,
)
from qiao.customers.operations.duplicate_candidates import MOST_IN_A_GROUP
from qiao.customers.operations.duplicate_deciding import dismiss_duplicate, reopen_duplicate
from qiao.customers.operations.duplicate_finding import (
    check_for_duplicates,
    fold_duplicate_counts,
    go_on_with_duplicate_run,
    search_again,
    start_duplicate_run,
)
from qiao.customers.operations.planting import plant_duplicates, planted_figures
from qiao.customers.queries import NotVisible
from qiao.customers.tests.factories import NOW, make_account, make_customer, make_premises
from qiao.staff.tests.cast import Company, make_company

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.90
MOBILE = "13805712264"
ID_CARD = "11010519491231002X"


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


def search() -> DuplicateRun:
    start_duplicate_run(actor=None, now=timezone.now())
    run = go_on_with_duplicate_run()
    assert run is not None
    return run


def pairs(**narrow: object) -> list[tuple[int, int]]:
    return sorted(Duplicate.objects.filter(**narrow).values_list("first_id", "second_id"))


def twice(world: Company, one: str = "陈慧敏", other: str = "陈惠敏") -> list[Customer]:
    """One customer under two records: the same mobile and the same door."""
    home = make_premises(world.agent)
    made = [make_customer(world.agent, name=name, phones=[MOBILE]) for name in (one, other)]
    for each in made:
        make_account(world.agent, owner=each, premises=home)
    return made


# The weights were set on other seeds.
@pytest.mark.parametrize("seed", [11, 12])
def test_planted_duplicates_are_found_and_lookalikes_are_not(world: Company, seed: int) -> None:
    build_customers(
        count=3_000, organisation_ids_by_area={"339102": world.lake.pk, "339104": world.river.pk},
        seed=seed, now=NOW,
    )  # fmt: skip
    planted = plant_duplicates(count=400, strangers=250, seed=seed, now=NOW)
    run = search()
    figures = planted_figures(planted, pairs())
    print(f"\nseed {seed}: {figures}, {run.pair_count} pairs weighed")  # noqa: T201 - the figures
    assert figures["precision"] >= LEAST_PRECISION
    assert figures["recall"] >= LEAST_RECALL


def test_duplicates_are_planted_among_places_that_nobody_located(world: Company) -> None:
    build_customers(
        count=60, organisation_ids_by_area={"339102": world.lake.pk, "339104": world.river.pk},
        seed=11, now=NOW,
    )  # fmt: skip
    Premises.objects.update(latitude=None, longitude=None, datum="")
    before = Premises.objects.count()
    planted = plant_duplicates(count=40, strangers=20, seed=11, now=NOW)
    assert len(planted.pairs) >= 40
    assert Premises.objects.filter(datum="").count() == Premises.objects.count() > before


def test_a_new_customer_is_weighed_at_once_and_as_the_night_would(world: Company) -> None:
    first, second = twice(world)
    stranger = make_customer(world.agent, name="何远", phones=["13900001111"])
    assert check_for_duplicates(customer_ids=[second.pk, stranger.pk], now=NOW) == 1
    at_once = Duplicate.objects.values("score", "evidence", "strongest").get()
    Duplicate.objects.all().delete()
    search()
    assert pairs() == [(first.pk, second.pk)]
    assert Duplicate.objects.values("score", "evidence", "strongest").get() == at_once


def test_a_proposal_that_no_longer_holds_goes(world: Company) -> None:
    first, second = twice(world)
    search()
    for each, number in ((first, ID_CARD), (second, "110105194912310038")):
        add_identity(
            actor=world.agent, now=NOW, customer_id=each.pk, kind="id_card", number=number
        )
    check_for_duplicates(customer_ids=[second.pk], now=NOW)
    assert pairs() == []


def test_a_night_search_withdraws_what_it_does_not_find_again(world: Company) -> None:
    _, second = twice(world)
    search()
    Customer.objects.filter(pk=second.pk).update(name="何远", name_search="何远", pinyin="heyuan")
    assert search().withdrawn_count == 1
    assert pairs() == []


def test_a_dismissed_pair_returns_only_when_the_evidence_grows(world: Company) -> None:
    first, second = twice(world)
    search()
    pair = Duplicate.objects.get()
    with pytest.raises(ReasonMissing):
        dismiss_duplicate(actor=world.agent, now=NOW, duplicate_id=pair.pk, reason=" ")
    with pytest.raises(NotVisible):
        dismiss_duplicate(actor=world.outsider, now=NOW, duplicate_id=pair.pk, reason="兄妹")
    dismiss_duplicate(actor=world.agent, now=NOW, duplicate_id=pair.pk, reason="兄妹")
    search()
    assert pairs(state="dismissed") == [(first.pk, second.pk)]
    with pytest.raises(WrongState):
        dismiss_duplicate(actor=world.agent, now=NOW, duplicate_id=pair.pk, reason="兄妹")
    for each in (first, second):
        add_identity(
            actor=world.agent, now=NOW, customer_id=each.pk, kind="id_card", number=ID_CARD
        )
    search()
    assert pairs(state="proposed") == [(first.pk, second.pk)]


def test_a_dismissal_is_taken_back(world: Company) -> None:
    twice(world)
    search()
    pair = Duplicate.objects.get()
    dismiss_duplicate(actor=world.agent, now=NOW, duplicate_id=pair.pk, reason="母女")
    assert reopen_duplicate(actor=world.agent, duplicate_id=pair.pk).state == "proposed"


def test_merging_settles_the_pair_and_weighs_the_survivor_for_both(world: Company) -> None:
    first, second = twice(world)
    third = make_customer(world.agent, name="陈慧敏", phones=[MOBILE])
    search()
    assert len(pairs(state="proposed")) == 3
    merge_customers(actor=world.agent, now=NOW, customer_id=first.pk, merged_id=second.pk)
    assert pairs(state="merged") == [(first.pk, second.pk)]
    assert pairs(state="proposed") == [(first.pk, third.pk)]
    search()
    assert pairs(state="proposed") == [(first.pk, third.pk)]
    undo_merge(actor=world.agent, now=NOW, merged_id=second.pk)
    search()
    assert len(pairs(state="proposed")) == 3


def test_a_search_goes_on_where_it_stopped(world: Company) -> None:
    twice(world)
    twice(world, "王伟", "王玮")
    assert search().found_count == 2
    Duplicate.objects.all().delete()
    run = start_duplicate_run(actor=None, now=NOW)
    assert start_duplicate_run(actor=world.chief, now=NOW + timedelta(hours=1)) == run
    last = Customer.objects.order_by("pk")[1].pk
    run.last_first_id, run.last_second_id = last, last
    run.save()
    go_on_with_duplicate_run()
    assert Duplicate.objects.count() == 1, "the pair before the stop is not weighed again"
    assert go_on_with_duplicate_run() is None


def test_what_comes_in_during_a_search_is_searched_after_it(world: Company) -> None:
    twice(world)
    run = start_duplicate_run(actor=None, now=timezone.now())
    search_again()
    run.refresh_from_db()
    assert not run.is_due_again, "it has not read anything yet"
    DuplicateRun.objects.update(pair_count=7)
    search_again()
    go_on_with_duplicate_run()
    assert list(DuplicateRun.objects.values_list("state", flat=True)) == ["done", "done"]


def test_a_group_too_large_is_left_out_and_told(world: Company) -> None:
    home = make_premises(world.agent)
    for n in range(MOST_IN_A_GROUP + 1):
        tenant = make_customer(world.agent, name=f"租客{n}", phones=[f"138{n:08d}"])
        make_account(world.agent, owner=tenant, premises=home)
    run = search()
    assert {"key": "door", "groups": 1, "customers": MOST_IN_A_GROUP + 1} in run.left_out


def test_the_kept_counts_are_what_counting_gives(world: Company) -> None:
    twice(world)
    twice(world, "王伟", "王玮")
    search()
    assert fold_duplicate_counts() > 0
    pair = Duplicate.objects.first()
    assert pair is not None
    dismiss_duplicate(actor=world.agent, now=NOW, duplicate_id=pair.pk, reason="母女")
    fold_duplicate_counts()
    with connection.cursor() as cursor:
        columns = "first_organisations, second_organisations, strongest, n"
        cursor.execute(f"SELECT {columns} FROM customers_duplicatecount WHERE n <> 0")
        kept = cursor.fetchall()
        cursor.execute(f"SELECT {columns} FROM customers_duplicate_recount()")
        assert sorted(kept) == sorted(cursor.fetchall())
    assert sum(row[3] for row in kept) == 1

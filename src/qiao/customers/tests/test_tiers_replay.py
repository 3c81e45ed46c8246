"""The tier of any past moment is replayed as it was, whatever was merged or arrived later."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.models import Event
from qiao.core.packs import SHIPPED, PackInvalid, load_pack
from qiao.core.packs.tier_rules import TierRuleSpec
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Customer, Fact, TierChange, TierRule
from qiao.customers.operations import (
    BadPeriod,
    CustomerRefusal,
    NewFact,
    NotOverridden,
    call_in_expired,
    grade_customers,
    grade_due,
    install_tier_rules,
    merge_customers,
    note_accounts_between,
    note_facts,
    set_tier,
    undo_merge,
    withdraw_facts,
    withdraw_tier,
)
from qiao.customers.queries import TierStanding, rule_in_force, tier_as_of, tier_history
from qiao.customers.queries.grading import grades_of_all, moments
from qiao.customers.queries.tiers import rule_from_row
from qiao.customers.rules.tiers import KnownFact, figures_of, grade
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
WATER = load_pack(SHIPPED / "water").tier_rules[0]
START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def world() -> Company:
    return make_company()


def complaints(customer_id: int, count: int, *, at: datetime, mark: str = "c") -> list[NewFact]:
    """So many complaints, an hour apart, the last one at that moment."""
    return [
        NewFact(customer_id, "complaint", at - timedelta(hours=n), "test", f"{mark}{n}")
        for n in range(count)
    ]


def stricter(version: str, valid_from: date, *, complaints_for_d: int = 1) -> TierRuleSpec:
    """The water rule with another threshold, as another version."""
    data = {**WATER.data, "version": version, "valid_from": valid_from.isoformat()}
    first = {
        "letter": "D",
        "when": {"field": "complaints", "op": "ge", "value": complaints_for_d},
    }
    data["grade"] = [first, *WATER.data["grade"][1:]]
    return replace(rule_from_row(data), data=data)


def test_facts_put_a_customer_into_a_tier_within_the_minute(world: Company) -> None:
    customer = make_customer(world.agent, now=START)
    note_facts(facts=complaints(customer.pk, 3, at=START), now=START)
    assert grade_due(now=START) == 1
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_reason) == ("D", "")
    step = TierChange.objects.get()
    assert (step.kind, step.tier, step.rule_version) == ("computed", "D", WATER.version)
    assert step.inputs is not None
    assert step.inputs["complaints"] == 3
    assert Event.objects.filter(name="customers.tiers_graded").count() == 1
    assert grade_due(now=START) == 0
    note_facts(facts=complaints(customer.pk, 4, at=START), now=START)
    assert grade_due(now=START + timedelta(minutes=1)) == 1
    assert TierChange.objects.count() == 1, "another figure of the same tier is not a step"


def test_a_grading_before_an_import_was_noted_is_replayed_without_it(world: Company) -> None:
    customer = make_customer(world.agent, now=START)
    make_account(world.agent, owner=customer, now=START, opened_date=date(2010, 1, 1))
    run = START + timedelta(hours=1)
    before = tier_as_of(customer_id=customer.pk, at=run).letter
    note_accounts_between(
        first_id=customer.pk, last_id=customer.pk, now=run + timedelta(minutes=1)
    )
    assert Fact.objects.filter(customer=customer, kind="account").count() == 1
    assert tier_as_of(customer_id=customer.pk, at=run).letter == before
    noted = tier_as_of(customer_id=customer.pk, at=run + timedelta(minutes=1))
    assert noted.letter != before


def test_a_tier_set_by_hand_holds_until_its_day_and_the_rule_holds_again(world: Company) -> None:
    customer = make_customer(world.agent, now=START)
    told: dict[str, Any] = {"actor": world.agent, "customer_id": customer.pk}
    note_facts(facts=complaints(customer.pk, 3, at=START), now=START)
    until = date(2026, 3, 5)
    set_tier(tier="A", reason="市政重点项目", until=until, now=START, **told)
    step = TierChange.objects.get()
    assert (step.tier, step.computed_tier, step.until) == ("A", "D", until)
    grade_due(now=START + timedelta(minutes=1))
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_reason) == ("A", "市政重点项目")
    last_moment = datetime(2026, 3, 4, 15, 59, tzinfo=UTC)  # 23:59 in China
    assert call_in_expired(now=last_moment) == 0
    midnight = last_moment + timedelta(minutes=2)
    assert call_in_expired(now=midnight) == 1
    grade_due(now=midnight)
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_reason) == ("D", "")
    assert [step.kind for step in tier_history(customer_id=customer.pk)] == ["expired", "manual"]
    assert call_in_expired(now=midnight) == 0
    assert tier_as_of(customer_id=customer.pk, at=last_moment).letter == "A"
    assert tier_as_of(customer_id=customer.pk, at=midnight).letter == "D"


def test_a_tier_set_by_hand_is_taken_back_with_a_reason(world: Company) -> None:
    customer = make_customer(world.agent, now=START)
    told: dict[str, Any] = {"actor": world.agent, "customer_id": customer.pk}
    with pytest.raises(NotOverridden):
        withdraw_tier(reason="误设", now=START, **told)
    for until in (START.date(), date(2028, 1, 1)):
        with pytest.raises(BadPeriod):
            set_tier(tier="B", reason="x", until=until, now=START, **told)
    set_tier(tier="B", reason="x", now=START, **told)
    later = START + timedelta(hours=1)
    withdraw_tier(reason="误设", now=later, **told)
    customer.refresh_from_db()
    assert customer.tier == "C"
    assert tier_as_of(customer_id=customer.pk, at=START).letter == "B"
    assert tier_as_of(customer_id=customer.pk, at=later).override is None


def test_who_stands_for_two_is_graded_by_both_and_alone_again_after(world: Company) -> None:
    kept, second = make_customer(world.agent), make_customer(world.agent)
    note_facts(facts=complaints(kept.pk, 2, at=START, mark="k"), now=START)
    note_facts(facts=complaints(second.pk, 1, at=START, mark="s"), now=START)
    merge_customers(actor=world.agent, now=START, customer_id=kept.pk, merged_id=second.pk)
    run_deliveries()
    grade_due(now=START + timedelta(minutes=1))
    kept.refresh_from_db()
    assert kept.tier == "D"
    later = START + timedelta(days=1)
    undo_merge(actor=world.agent, now=later, merged_id=second.pk)
    run_deliveries()
    grade_due(now=later)
    kept.refresh_from_db()
    assert kept.tier == "C"
    asked = tier_as_of(customer_id=second.pk, at=START + timedelta(minutes=1))
    assert (asked.customer_id, asked.letter) == (kept.pk, "D")


def test_a_part_in_an_account_counts_from_its_first_day(world: Company) -> None:
    make_account(world.agent, opened_date=date(2017, 5, 1), now=START)
    run_deliveries()
    fact = Fact.objects.get(kind="account")
    assert fact.occurred_at.astimezone(CHINA) == datetime(2017, 5, 1, tzinfo=CHINA)
    standing = tier_as_of(customer_id=fact.customer_id, at=datetime(2030, 5, 1, tzinfo=UTC))
    assert standing.computed is not None
    assert standing.computed.figures["tenure"] == 13


def test_a_version_of_the_rule_holds_from_its_day_and_from_when_it_was_known(
    world: Company,
) -> None:
    customer = make_customer(world.agent, now=START)
    note_facts(facts=complaints(customer.pk, 1, at=START), now=START)
    known = START + timedelta(days=10)
    install_tier_rules(rules=[stricter("t-2", date(2026, 3, 5))], now=known)
    before, after = known - timedelta(seconds=1), known + timedelta(seconds=1)
    assert tier_as_of(customer_id=customer.pk, at=before).letter == "C"
    assert tier_as_of(customer_id=customer.pk, at=after).letter == "D"
    assert rule_in_force(datetime(2010, 1, 1, tzinfo=UTC)) is None
    with pytest.raises(PackInvalid, match="another text"):
        install_tier_rules(
            rules=[stricter("t-2", date(2026, 3, 5), complaints_for_d=2)], now=after
        )


def test_the_first_version_known_holds_from_its_own_day(world: Company) -> None:
    row = TierRule.objects.get()
    assert row.installed_at == datetime(2024, 1, 1, tzinfo=CHINA)
    assert rule_in_force(datetime(2024, 1, 1, 1, tzinfo=CHINA)) == WATER


# A life at random: every answer given at its moment is given again later.


@dataclass
class Life:
    """What is tried on three customers, and what the oracle knows of it."""

    world: Company
    people: list[Customer]
    now: datetime = START
    facts: list[tuple[NewFact, datetime, datetime | None]] = field(default_factory=list)
    answers: list[tuple[int, datetime, tuple[Any, ...]]] = field(default_factory=list)

    def step(self, kind: str, who: int, other: int, n: int) -> None:
        """One thing happens, later than everything before."""
        self.now += timedelta(hours=7, minutes=n)
        doing: Callable[..., None] = getattr(self, kind)
        try:
            with transaction.atomic():
                doing(self.people[who], self.people[other], n)
        except CustomerRefusal:
            pass
        self.answer()

    def note(self, who: Customer, _other: Customer, n: int) -> None:
        """A fact, perhaps of long before, is noted; the same record twice at times."""
        kind = ("complaint", "visit", "satisfaction", "account", "value")[n % 5]
        amount = {"satisfaction": n % 4 + 1, "value": n * 7_000}.get(kind, 1)
        moment = self.now - timedelta(days=n * 13 % 800)
        fact = NewFact(who.pk, kind, moment, "test", f"r{n % 12}", amount)
        standing = self._standing(fact)
        if note_facts(facts=[fact], now=self.now):
            if standing is not None:
                known, recorded, _ = self.facts[standing]
                self.facts[standing] = (known, recorded, self.now)
            self.facts.append((fact, self.now, None))

    def withdraw(self, _who: Customer, _other: Customer, n: int) -> None:
        """A record turns out to be none."""
        kind = ("complaint", "visit", "satisfaction", "account", "value")[n % 5]
        withdraw_facts(source="test", kind=kind, refs=[f"r{n % 12}"], now=self.now)
        standing = self._standing(NewFact(0, kind, self.now, "test", f"r{n % 12}"))
        if standing is not None:
            known, recorded, _ = self.facts[standing]
            self.facts[standing] = (known, recorded, self.now)

    def _standing(self, fact: NewFact) -> int | None:
        for place, (known, _, gone) in enumerate(self.facts):
            if (known.kind, known.ref) == (fact.kind, fact.ref) and gone is None:
                return place
        return None

    def merge(self, who: Customer, other: Customer, _n: int) -> None:
        """Two turn out to be one."""
        merge_customers(
            actor=self.world.agent, now=self.now, customer_id=who.pk, merged_id=other.pk
        )

    def undo(self, who: Customer, _other: Customer, _n: int) -> None:
        """They were two after all."""
        undo_merge(actor=self.world.agent, now=self.now, merged_id=who.pk)

    def override(self, who: Customer, _other: Customer, n: int) -> None:
        """A person decides, for some days."""
        set_tier(
            actor=self.world.agent,
            now=self.now,
            customer_id=who.pk,
            tier="ABCD"[n % 4],
            reason="x",
            until=self.now.astimezone(CHINA).date() + timedelta(days=n % 5 + 1),
        )

    def take_back(self, who: Customer, _other: Customer, _n: int) -> None:
        """And takes it back."""
        withdraw_tier(actor=self.world.agent, now=self.now, customer_id=who.pk, reason="x")

    def new_rule(self, _who: Customer, _other: Customer, n: int) -> None:
        """A version comes, valid from a day that may have passed or is still to come."""
        day = self.now.date() + timedelta(days=n % 7 - 3)
        rule = stricter(f"v{TierRule.objects.count()}", day, complaints_for_d=n % 3 + 1)
        install_tier_rules(rules=[rule], now=self.now)

    def grade(self, who: Customer, _other: Customer, _n: int) -> None:
        """The job comes by."""
        grade_customers(customer_ids=[who.pk], now=self.now)

    def answer(self) -> None:
        """Keep what is answered now, and compare it with the oracle and with what is shown."""
        for each in self.people:
            standing = tier_as_of(customer_id=each.pk, at=self.now)
            self.answers.append((each.pk, self.now, essence(standing)))
            self.check(standing)

    def check(self, standing: TierStanding) -> None:
        """The figures are those of facts known now, of all who are this customer now."""
        held = {row.pk for row in self.people if survivor(row) == standing.customer_id}
        known = [
            KnownFact(fact.kind, fact.amount, fact.occurred_at)
            for fact, _recorded, gone in self.facts
            if gone is None and fact.customer_id in held
        ]
        assert standing.rule is not None
        figures = figures_of(standing.rule, known, at=self.now, zone=CHINA)
        assert standing.computed == grade(standing.rule, figures)


def survivor(customer: Customer) -> int:
    """Who stands for a customer now."""
    row = Customer.objects.get(pk=customer.pk)
    while row.merged_into_id is not None:
        row = Customer.objects.get(pk=row.merged_into_id)
    return int(row.pk)


def essence(standing: TierStanding) -> tuple[Any, ...]:
    """All of an answer."""
    version = standing.rule.version if standing.rule else ""
    return (standing.customer_id, standing.letter, version, standing.computed, standing.override)


def _steps() -> st.SearchStrategy[Sequence[tuple[str, int, int, int]]]:
    kinds = (
        *("note",) * 4, "withdraw", "merge", "merge", "undo", "override", "take_back", "new_rule",
        "grade",
    )  # fmt: skip
    return st.lists(
        st.tuples(
            st.sampled_from(kinds), st.integers(0, 2), st.integers(0, 2), st.integers(0, 59)
        ),
        min_size=1,
        max_size=14,
    )


def _rounds(life: Life) -> Iterator[None]:
    for customer_id, at, told in life.answers:
        again = essence(tier_as_of(customer_id=customer_id, at=at))
        assert again == told, (customer_id, at)
        yield


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps())
def test_every_answer_is_given_again_later(
    world: Company, steps: Sequence[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        life = Life(world, [make_customer(world.agent, now=START) for _number in range(3)])
        for step in steps:
            life.step(*step)
        checked = sum(1 for _ in _rounds(life))
        assert checked == 3 * len(steps)
        transaction.set_rollback(True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps())
def test_after_grading_the_kept_tier_is_the_one_replayed(
    world: Company, steps: Sequence[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        life = Life(world, [make_customer(world.agent, now=START) for _number in range(3)])
        for step in steps:
            life.step(*step)
        life.now += timedelta(days=1)
        grade_customers(customer_ids=[each.pk for each in life.people], now=life.now)
        for each in life.people:
            standing = tier_as_of(customer_id=each.pk, at=life.now)
            row = Customer.objects.get(pk=standing.customer_id)
            assert row.tier == standing.letter
        count = TierChange.objects.count()
        grade_customers(customer_ids=[each.pk for each in life.people], now=life.now)
        assert TierChange.objects.count() == count, "nothing is written twice"
        transaction.set_rollback(True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps())
def test_all_are_graded_as_some_are(
    world: Company, steps: Sequence[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        life = Life(world, [make_customer(world.agent, now=START) for _number in range(3)])
        for step in steps:
            life.step(*step)
        rule = rule_in_force(life.now)
        assert rule is not None
        values = {"held": [each.pk for each in life.people], **moments(rule, life.now)}
        found = []
        for only in (True, False):
            with connection.cursor() as cursor:
                cursor.execute(grades_of_all(rule, only=only), values)
                found.append(sorted(cursor.fetchall()))
        assert found[0] == found[1]
        assert {row[0] for row in found[0]} <= {survivor(each) for each in life.people}
        transaction.set_rollback(True)

"""Features that a unit switched off: hidden and refused there, and nowhere else."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from qiao.cases import features as cases
from qiao.cases import operations
from qiao.cases.operations.checklists import ChecklistDraft, save_checklist
from qiao.cases.rules.checklists import CheckItem
from qiao.cases.rules.process_refusals import ChecksOpen
from qiao.cases.tests.browsing import HTMX, client_of, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core import features
from qiao.core.actor import Actor, Forbidden
from qiao.core.features import Switching, is_on, off_for, switch
from qiao.core.models import FeatureSwitch
from qiao.core.registry import registry
from qiao.staff.models import Organisation
from qiao.staff.operations import join_team
from qiao.staff.queries import actor_for, chain_of
from qiao.staff.tests.cast import Company, person


def turn(
    company: Company,
    key: str,
    unit: Organisation,
    *,
    state: bool | None = False,
    days: tuple[int, int | None] = (0, None),
    actor: Actor | None = None,
) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    first, last = days
    wanted = Switching(
        key,
        unit.pk,
        state,
        today + timedelta(days=first),
        "试点",
        None if last is None else today + timedelta(days=last),
    )
    with transaction.atomic():
        switch(wanted=wanted, actor=actor or company.chief, now=now)


def test_where_a_feature_is_off_its_addresses_are_refused_by_name_and_its_buttons_gone(
    company: Company, agent: Client, outsider: Client
) -> None:
    mine = a_case(company)
    turn(company, cases.MACROS, company.lake)
    refused = agent.get(reverse("cases:macros"), headers={"Accept-Language": "en"})
    assert refused.status_code == 403
    assert "Macros" in text_of(refused)
    assert "not switched on here" in text_of(refused)
    assert agent.get(page(mine, "macro_menu"), headers=HTMX).status_code == 403
    assert reverse("cases:macro_menu", args=[mine.pk]) not in text_of(agent.get(page(mine)))
    assert outsider.get(reverse("cases:macros")).status_code == 200
    turn(company, cases.MACROS, company.lake, state=True)
    assert agent.get(reverse("cases:macros")).status_code == 200
    assert reverse("cases:macro_menu", args=[mine.pk]) in text_of(agent.get(page(mine)))


def test_every_address_of_every_feature_is_refused_where_it_is_off(company: Company) -> None:
    known = {f"{space}:{name}" for space, name in addresses()}
    for feature in registry.features().values():
        own = [name for name in known if feature.holds_address(name)]
        assert own, feature.key
        for pattern in feature.addresses:
            assert any(name.startswith(pattern.removesuffix("*")) for name in known), pattern
        turn(company, feature.key, company.company)
    browser = client_of(company.agent_staff)
    tried = 0
    for name in sorted(known):
        if not registry.features_of(name):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue  # what asks for a row is refused by the same door
        answer = browser.get(url)
        assert answer.status_code in (403, 405), name
        tried += 1
    assert tried >= 8


def addresses() -> set[tuple[str, str]]:
    found = set()
    for space, (_prefix, resolver) in get_resolver().namespace_dict.items():
        found |= {(space, key) for key in resolver.reverse_dict if isinstance(key, str)}
    return found


def test_what_is_off_leaves_the_rail_the_commands_and_the_panels(company: Company) -> None:
    before = actor_for(company.agent_staff, day=timezone.localdate())
    for key in (cases.CHECKLISTS, "feedback.improvements"):
        turn(company, key, company.lake_team)
    after = actor_for(company.agent_staff, day=timezone.localdate())

    def shown(actor: Actor) -> set[str]:
        keys = {item.key for item in registry.navigation(actor)}
        keys |= {command.key for command in registry.commands(actor)}
        return keys | {panel.key for panel in registry.panels(actor, "case")}

    assert shown(before) - shown(after) == {
        "improvements",
        "feedback.improvements",
        "cases.checklists",
    }


def test_whoever_works_in_two_teams_uses_what_one_of_them_uses(company: Company) -> None:
    join_team(staff=company.outsider_staff, team=company.lake_team)
    turn(company, cases.MACROS, company.lake)
    day = timezone.localdate()
    assert actor_for(company.outsider_staff, day=day).uses(cases.MACROS)
    assert not actor_for(company.agent_staff, day=day).uses(cases.MACROS)
    assert actor_for(company.chief_staff, day=day).uses(cases.MACROS)


def test_a_pilot_ends_by_itself_and_what_held_before_holds_again(company: Company) -> None:
    turn(company, cases.MACROS, company.company)
    turn(company, cases.MACROS, company.lake, state=True, days=(1, 15))
    chain = chain_of(company.lake_team.pk)
    today = timezone.localdate()
    stood = [
        is_on(cases.MACROS, organisation_ids=chain, day=today + timedelta(days=n))
        for n in (0, 1, 14, 15, 400)
    ]
    assert stood == [False, True, True, False, False]
    other = chain_of(company.river_team.pk)
    assert cases.MACROS in off_for([other], day=today + timedelta(days=3))


def test_without_checklists_no_step_waits_for_ticks(company: Company) -> None:
    case = a_case(company)
    item = CheckItem("place", {"en": "Place"}, required=True)
    save_checklist(draft=ChecklistDraft({"en": "Before"}, [item]), actor=company.chief, now=NOW)

    def move() -> object:
        actor = actor_for(company.agent_staff, day=timezone.localdate())
        return operations.take_action(
            case_id=case.pk, action="hand_over", given={}, actor=actor, now=NOW
        ).step

    with pytest.raises(ChecksOpen):
        move()
    turn(company, cases.CHECKLISTS, company.lake)
    assert move() != case.step


def test_a_decision_needs_its_right_reason_and_days(company: Company) -> None:
    clerk = person(number="3003", name="许静", branch=company.lake, permissions=("cases.view",))
    reader = actor_for(clerk, day=timezone.localdate())
    with pytest.raises(Forbidden):
        turn(company, cases.MACROS, company.lake, actor=reader)
    with pytest.raises(Forbidden):  # a branch decides for itself, not for the one beside it
        turn(company, cases.MACROS, company.lake, actor=company.outsider)
    with pytest.raises(features.UnknownFeature):
        turn(company, "cases.nothing", company.lake)
    for days in ((-1, None), (3, 3)):
        with pytest.raises(features.BadDays):
            turn(company, cases.MACROS, company.lake, days=days)
    now: datetime = timezone.now()
    wanted = Switching(cases.MACROS, company.lake.pk, False, timezone.localdate(now), " ")
    with pytest.raises(features.ReasonMissing):
        switch(wanted=wanted, actor=company.chief, now=now)
    assert not FeatureSwitch.objects.exists()


def test_decisions_stand_for_ever_with_who_when_and_why(company: Company) -> None:
    turn(company, cases.MACROS, company.lake)
    turn(company, cases.MACROS, company.lake, state=None)
    told = features.history(organisation_ids=[company.lake.pk], key=cases.MACROS)
    assert [(each.is_on, each.decided_by_id, each.reason) for each in told] == [
        (None, company.chief.staff_id, "试点"),
        (False, company.chief.staff_id, "试点"),
    ]
    for words in ("UPDATE core_featureswitch SET is_on = true", "DELETE FROM core_featureswitch"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureSwitch.objects.filter(pk=0).create(
            feature="x",
            organisation_id=1,
            valid=told[0].valid,
            reason="",
            decided_at=timezone.now(),
        )

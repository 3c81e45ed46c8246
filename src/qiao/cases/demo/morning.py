"""The live morning of cases: people of the demo take the actions that their steps offer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F, Q

from qiao.cases import definitions
from qiao.cases.demo.causes import cause_asked
from qiao.cases.demo.walks import KIND_WEIGHTS, sample_given
from qiao.cases.models import Case
from qiao.cases.operations.stepping import take_action
from qiao.cases.queries.facts import facts_of
from qiao.cases.rules.process import Action, Step, available_actions
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.core.actor import Actor
from qiao.core.demo_rhythm import demo_pack, moment_random, phrases_of, pulse
from qiao.core.packs.enabled import catalogue
from qiao.staff.queries import cast_ids, extras

AT_REST = timedelta(seconds=40)  # nobody acts on a case that moved a moment ago
LOOKED_AT = 40
FULL_DESKS = 160  # with fewer open cases people move them less often, so that work never runs out


def tick(now: datetime) -> None:
    """Move one case on by one action, most of the time."""
    pack = demo_pack()
    rng = moment_random(now, "cases")
    if pack is None:
        return
    load = min(1.0, Case.objects.open().count() / FULL_DESKS)
    if rng.random() > pulse(now, pack) * load:
        return
    for case in _candidates(now, rng):
        if _move(case, now, rng):
            return


def _candidates(now: datetime, rng: Random) -> Iterator[Case]:
    """Open cases in nobody's hands whom a visitor plays, the most pressing among some first."""
    played = cast_ids()
    open_ones = Case.objects.filter(
        closed_at__isnull=True, is_paused=False, parent__isnull=True, merged_into__isnull=True
    )
    theirs = Q(responsible__in=played) | Q(assignee__in=played)
    found = list(
        open_ones.exclude(theirs)
        .exclude(events__at__gt=now - AT_REST)
        .select_related("case_type", "process", "organisation", "responsible", "assignee")
        .order_by(F("due_at").asc(nulls_last=True), "id")[:LOOKED_AT]
    )
    rng.shuffle(found)
    yield from found


def _move(case: Case, now: datetime, rng: Random) -> bool:
    process = definitions.process_of(case.process)
    step = process.step(case.step)
    if step.duty:
        return False  # another module's people do this
    definition = definitions.type_of(case)
    facts = facts_of(case, definition)
    for actor in _actors(case, step, now.date(), rng):
        actions = available_actions(process, step.key, facts, actor.roles)
        if not actions:
            continue
        action = _choose(actions, rng)
        texts = [case.description or definition.name.zh_hans]
        pack = catalogue().packs.get(definition.key.partition(".")[0])
        if pack is not None and pack.demo.phrases:
            texts = phrases_of(pack, definition)
        given = sample_given(process, definition, step, action, rng, texts)
        given |= cause_asked(case, step, action, now)
        try:
            take_action(case_id=case.pk, action=action.key, given=given, actor=actor, now=now)
        except ProcessRefusal:
            return False
        return True
    return False


def _choose(actions: tuple[Action, ...], rng: Random) -> Action:
    return rng.choices(actions, [KIND_WEIGHTS[action.kind] for action in actions])[0]


def _actors(case: Case, step: Step, day: date, rng: Random) -> Iterator[Actor]:
    """Who may act here: those of the step's role, the case's own people before others."""
    roles = [step.role] if step.role else ["agent"]
    roles += [action.role for action in step.actions if action.role and action.role not in roles]
    own = (case.assignee_id, case.responsible_id)
    for role in roles:
        people = extras(role=role, day=day)
        rng.shuffle(people)
        able = [p for p in people if p.can_in("cases.work", case.organisation_id)]
        yield from sorted(able, key=lambda p: p.staff_id not in own)

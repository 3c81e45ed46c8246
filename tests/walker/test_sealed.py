"""What is kept from an outlet stands on no page, list or file that its people can reach."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from qiao.cases import operations as cases
from qiao.cases.models import Case
from qiao.core.registry import registry
from qiao.staff.operations import (
    add_organisation,
    assign_role,
    define_role,
    hire,
    join_team,
    notify,
)
from qiao.staff.queries import actor_for
from tests.walker.browsers import form_of
from tests.walker.test_walker import ANSWERS, HTMX, NAMES, cause_of, send, text_of
from tests.walker.visits import VISITS
from tests.world import World, open_leak

SEALED = "qvkept"
WORDS = ("title", "description", "place", "caller_name", "note", "chase", "later")
SEARCHES = (f"q={SEALED}", "view=all", f"view=all&q={SEALED}", f"text={SEALED}")


@dataclass
class Kept:
    """A complaint about the lake branch, whoever of it holds every right, and who works on it."""

    case: Case
    insider: Client
    officer: Client
    world: World

    def found(self, text: str, sent: str) -> list[str]:
        """Words of the complaint in an answer; its number only where nobody sent it."""
        hunted = [f"{SEALED} {word}" for word in WORDS]
        if self.case.number not in sent:
            hunted.append(self.case.number)
        return [word for word in hunted if word in text]


@pytest.fixture(scope="module")
def kept(world: World) -> Kept:
    """Every text of the complaint is marked; its person was told of it before it was sealed."""
    company, now = world.company, world.now
    office = add_organisation(
        kind="team",
        code="office",
        name="投诉处理组",
        parent=company.company,
        skills=["complaints"],
    )
    everything = define_role(
        key="wide",
        names={"en": "wide"},
        permissions=tuple(registry.permissions()),
        home="cases:list",
    )
    people = {}
    for number, home in (("3101", company.lake), ("1502", company.company)):
        staff = hire(organisation=home, number=number, name=f"员工{number}", title="x")
        assign_role(
            staff=staff,
            role=everything,
            organisation=company.company,
            valid_from=date(2020, 1, 1),
        )
        people[number] = staff
    join_team(staff=people["1502"], team=office)
    words = {name: f"{SEALED} {name}" for name in WORDS}
    case = open_leak(world, "x", **{name: words[name] for name in WORDS[1:4]})
    Case.objects.filter(pk=case.pk).update(title=words["title"])
    told: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": now}
    cases.add_note(text=words["note"], **told)
    cases.chase(words=words["chase"], **told)
    notify(
        staff_ids=[people["3101"].pk, company.agent.person_id],
        kind="cases.ladder",
        subject_id=case.pk,
        once=f"{case.pk}:sealed",
        facts={"after": "due", "figure": 0, "promise": "arrive", "named": {"en": SEALED}},
        now=now,
    )
    cases.hand_past(case_id=case.pk, unit_id=company.lake.pk, actor=company.agent, now=now)
    officer = actor_for(people["1502"], day=now.date())
    cases.add_note(case_id=case.pk, text=words["later"], actor=officer, now=now)
    browsers = []
    for staff in (people["3101"], people["1502"]):
        client = Client(raise_request_exception=False)
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        browsers.append(client)
    return Kept(Case.objects.get(pk=case.pk), *browsers, world)


def addresses_of(name: str, kept: Kept) -> list[str]:
    """The address with the ids of what the branch holds, and with those of the complaint."""
    ids = kept.world.ids
    visit = VISITS[name]
    both = (visit.filled(each) or None for each in (ids, ids | {"case": kept.case.pk}))
    return list(dict.fromkeys(reverse(name, kwargs=filled) for filled in both))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_of_the_outlet_meets_a_word_of_it(name: str, kept: Kept) -> None:
    visit = VISITS[name]
    queries = [query.format_map(kept.world.ids) for query in visit.queries]
    asked = [("GET", query, {}) for query in ("", *queries, *SEARCHES)] + [("GET", "", HTMX)]
    if visit.post is not None:
        asked.append(("POST", "", {}))
    for address in addresses_of(name, kept):
        for method, query, heads in asked:
            with transaction.atomic():
                form = form_of(visit, kept.world)
                response = send(kept.insider, method, address, query, heads, form)
                what = f"{method} {address}?{query}: {response.status_code}"
                assert response.status_code in ANSWERS, f"{what} {cause_of(response)}"
                found = kept.found(text_of(response), f"{address} {form}")
                assert not found, f"{what} shows {found}"
                transaction.set_rollback(True)


@pytest.mark.parametrize("path", ["/cases/?view=all", "/cases/{case}/"])
def test_whoever_works_on_it_is_shown_it(path: str, kept: Kept) -> None:
    response = kept.officer.get(path.format(case=kept.case.pk))
    assert SEALED in text_of(response)

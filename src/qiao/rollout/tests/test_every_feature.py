"""Whatever a module declares as a feature: off means off, on every page and by every address."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.features import Switching, switch
from qiao.core.registry import registry
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
PATTERNS: tuple[list[Any], ...] = ([], [1], [1, 1], ["x"], ["x", "x"], [1, "x"], [1, "listen"])


def declared() -> list[str]:
    """The keys of all features; read where tests are collected, after the manifests."""
    return sorted(registry.features())


def turn(company: Company, key: str, *, state: bool) -> None:
    now = timezone.now()
    wanted = Switching(key, company.company.pk, state, timezone.localdate(now), "试点")
    with transaction.atomic():
        switch(wanted=wanted, actor=company.chief, now=now)


def everything(actor: Actor) -> Iterator[Any]:
    """All that leads somewhere, or stands on a page, for a person with every right."""
    yield from registry.navigation(actor)
    yield from registry.commands(actor)
    yield from registry.administration(actor)
    yield from registry.frame(actor)
    yield from registry.number_keys(actor)
    yield from registry.contact_tools(actor)
    yield from registry.inbox(actor)
    for place in ("aside", "customer", "customer.service", "case", "case_side"):
        yield from registry.panels(actor, place)


def of_feature(actor: Actor, key: str) -> list[str]:
    found = registry.features()[key]
    return [
        item.key
        for item in everything(actor)
        if item.key in found.parts or found.holds_address(getattr(item, "url_name", ""))
    ]


def urls_of(key: str) -> list[str]:
    """An address of each name that belongs to the feature, with made-up ids."""
    found, urls = registry.features()[key], []
    for space, (_prefix, resolver) in get_resolver().namespace_dict.items():
        for name in (each for each in resolver.reverse_dict if isinstance(each, str)):
            if not found.holds_address(f"{space}:{name}"):
                continue
            for args in PATTERNS:
                try:
                    urls.append(reverse(f"{space}:{name}", args=args))
                except NoReverseMatch:
                    continue
                break
    return urls


@pytest.fixture
def almighty(company: Company) -> Actor:
    """Everybody's rights in one person, so that nothing is hidden for want of a right."""
    actor = actor_for(company.chief_staff, day=timezone.localdate())
    return _with_all(actor, company)


def _with_all(actor: Actor, company: Company) -> Actor:
    everywhere = (company.company.pk, company.lake.pk)
    return Actor(
        staff_id=actor.staff_id,
        name=actor.name,
        organisation_id=actor.organisation_id,
        grants=dict.fromkeys(registry.permissions(), everywhere),
        roles=actor.roles,
        homes=actor.homes,
        off=actor.off,
    )


def test_what_makes_sense_to_pilot_is_declared() -> None:
    assert {
        "feedback.surveys_used", "feedback.suggestions_used", "feedback.quality_used",
        "feedback.improvements", "telephony.softphone_used", "telephony.call_lists",
        "telephony.menu_editor", "telephony.live_calls", "telephony.dialling",
    } <= set(declared())  # fmt: skip


@pytest.mark.parametrize("key", declared())
def test_off_means_off(key: str, company: Company, chief: Client, almighty: Actor) -> None:
    shown = of_feature(almighty, key)
    urls = urls_of(key)
    assert shown or urls
    before = {url: chief.get(url).status_code for url in urls}
    turn(company, key, state=False)
    after = _with_all(actor_for(company.chief_staff, day=timezone.localdate()), company)
    assert not after.uses(key)
    assert of_feature(after, key) == []
    for url in urls:
        answer = chief.get(url)
        assert answer.status_code in (403, 405), (url, before[url])
    turn(company, key, state=True)
    assert {url: chief.get(url).status_code for url in urls} == before

"""A tier is set by hand for a time, and last year's is looked at."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from qiao.customers.models import Customer, TierChange
from qiao.customers.operations import NewFact, note_facts
from tests.journeys.site import CUSTOMER, Site

pytestmark = pytest.mark.browser


def test_a_supervisor_sets_a_tier_for_a_time_and_looks_at_last_year(site: Site) -> None:
    now = timezone.now()
    customer = Customer.objects.get(name=CUSTOMER)
    year_ago = now - timedelta(days=365)
    with transaction.atomic():
        for place in range(3):
            moment = year_ago - timedelta(days=place + 1)
            complaint = NewFact(customer.pk, "complaint", moment, "test", str(place))
            note_facts(facts=[complaint], now=moment)
    page = site.sign_in("沈国良")
    page.goto(f"{site.address}/customers/{customer.pk}/tier/")
    expect(page.locator("#standing .q-tierband")).to_have_attribute("data-tier", "D")
    expect(page.locator("#standing")).to_contain_text("complaints in 24 months: 3")
    page.get_by_role("button", name="Set by hand").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=tier][value=B]").check(force=True)
    dialog.locator("[name=reason]").fill("Complaints settled; kept an eye on until spring")
    until = (timezone.localdate() + timedelta(days=120)).isoformat()
    dialog.locator("[name=until]").fill(until)
    dialog.locator(".btn-primary").click()
    expect(page.locator("#standing .q-tierband")).to_have_attribute("data-tier", "B")
    expect(page.locator("#standing")).to_contain_text("By the rule it would be D")
    kept = TierChange.objects.get(customer=customer, kind="manual")
    assert (kept.tier, kept.computed_tier, str(kept.until)) == ("B", "D", until)
    page.fill("#tier-on", (year_ago - timedelta(days=2)).date().isoformat())
    page.locator("#standing").get_by_text("As it stood at the end of").wait_for()
    expect(page.locator("#standing .q-tierband")).not_to_have_attribute("data-tier", "B")
    assert site.complaints == []

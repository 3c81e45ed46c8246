"""What follows events and the clock: what counts for tiers is noted, and customers are graded."""

from datetime import date, datetime, time

import structlog
from django.db import transaction
from django.utils import timezone

from qiao.core.events import Envelope
from qiao.core.packs.enabled import catalogue
from qiao.core.transactions import acting
from qiao.customers.events import (
    CustomersCompleted,
    CustomersImported,
    CustomersMerged,
    MergeUndone,
    PartyAdded,
)
from qiao.customers.operations import (
    NewFact,
    NoRule,
    call_in,
    call_in_expired,
    grade_all,
    grade_due,
    install_tier_rules,
    keep_value_periods,
    note_accounts_between,
    note_facts,
    note_known_accounts,
)
from qiao.customers.queries import party_since
from qiao.customers.queries.imports import completed_parties

log = structlog.get_logger(__name__)
MOST_ROUNDS = 20


def on_party_added(*, event: PartyAdded, envelope: Envelope) -> None:  # noqa: ARG001 - as declared
    """Note since when a customer has a part in an account; a contact person has none."""
    since = party_since(event.party_id)
    if event.role == "contact" or since is None:
        return
    fact = _part(event.party_id, event.customer_id, since)
    note_facts(facts=[fact], now=timezone.now())


def on_customers_imported(*, event: CustomersImported, envelope: Envelope) -> None:  # noqa: ARG001
    """The same for many who came in together."""
    note_accounts_between(first_id=event.first_id, last_id=event.last_id, now=timezone.now())


def on_customers_completed(*, event: CustomersCompleted, envelope: Envelope) -> None:  # noqa: ARG001
    """The same for those who became owners of an account that had none."""
    parties = completed_parties(
        import_id=event.import_id, first_row=event.first_row, last_row=event.last_row
    )
    facts = [_part(party, customer, since) for party, customer, since in parties]
    note_facts(facts=facts, now=timezone.now())


def _part(party_id: int, customer_id: int, since: date) -> NewFact:
    begun = timezone.make_aware(datetime.combine(since, time()))
    return NewFact(customer_id, "account", begun, "customers", f"party:{party_id}")


def on_customers_merged(*, event: CustomersMerged, envelope: Envelope) -> None:  # noqa: ARG001
    """Who stands for another is graded by what is known of both."""
    call_in(customer_ids=[event.customer_id])


def on_merge_undone(*, event: MergeUndone, envelope: Envelope) -> None:  # noqa: ARG001
    """Both are graded by what is known of each."""
    call_in(customer_ids=[event.customer_id, event.merged_id])


def grade_news(now: datetime) -> None:
    """Every minute: grade those of whom something new is known, a transaction a part."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            try:
                if not grade_due(now=now):
                    return
            except NoRule:
                return


def grade_everybody(now: datetime) -> None:
    """Every night: windows have moved on, a rule may have changed, a tier set by hand run out."""
    try:
        run = grade_all(now=now)
    except NoRule:
        log.info("no_tier_rule")
        return
    log.info("tiers_graded", customers=run.customer_count, changed=run.changed_count)


def keep_value(now: datetime) -> None:
    """Every night: who makes four fifths of the value."""
    made = keep_value_periods(now=now)
    log.info("value_periods_kept", made=made)


def end_overrides(now: datetime) -> None:
    """After midnight: what was set by hand until today holds no longer."""
    with acting(None):
        call_in_expired(now=now)


def install(now: datetime) -> None:
    """After every migration: the versions of the rule, and what is known of before."""
    with transaction.atomic():
        install_tier_rules(rules=catalogue().tier_rules.values(), now=now)
        note_known_accounts()

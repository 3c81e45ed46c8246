"""Terms under which less would have been asked in the last year are agreed to by a second person.

The rule is one, whichever way they come to hold: an account that is billed is billed otherwise
from a day on, one whose billing ended begins anew, one that was to end goes on.
"""

from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from qiao.billing.models import BillingAccount, BillingTerms
from qiao.billing.operations.accounts import (
    begin_billing,
    go_on_billing,
    to_begin,
    to_go_on,
)
from qiao.billing.operations.posting import hold_accounts, lock_accounts
from qiao.billing.operations.terms import NewTerms, change_terms, checked, reason_of
from qiao.billing.queries.asked import TERMS as ASKED
from qiao.billing.queries.terms_shown import TERMS, terms_on
from qiao.billing.queries.terms_trial import year_under
from qiao.billing.rules.tariffs.asked import Said
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.staff.queries import actor_by_id

CHANGE, BEGIN, GO_ON = "change", "begin", "go_on"
MONTHS: Final = "months"


class TermsMoved(Exception):  # noqa: N818 - a refusal, not a fault
    """Other terms hold than when somebody asked for these."""


def change_or_ask_terms(new: NewTerms, *, actor: Actor, now: datetime) -> BillingTerms | Approval:
    """Let other terms hold from a day on; where the last year would have come to less under them,
    or nothing tells, ask a second person first.

    Raises what `change_terms` raises, and `AlreadyPending`.
    """
    account = lock_accounts([new.account_id])[new.account_id]
    actor.require(TERMS, account.organisation_id)
    said = checked(account, new)
    reason = reason_of(new.reason)
    if _needs_second(account, new.tariff_id, said):
        return _ask(account, new, said, reason, {"act": CHANGE}, actor, now)
    return change_terms(new, actor=actor, now=now)


def begin_or_ask(
    new: NewTerms, *, months: int, actor: Actor, now: datetime
) -> BillingAccount | Approval:
    """Begin to bill an account; one that was billed before begins anew under terms under which its
    last year would have come to less, or of which nothing tells, once a second person agrees.

    Raises what `begin_billing` raises, and `AlreadyPending`.
    """
    begun = to_begin(new, months=months, actor=actor)
    if begun.before is not None and _needs_second(begun.before, new.tariff_id, begun.said):
        how = {"act": BEGIN, MONTHS: months}
        return _ask(begun.before, new, begun.said, begun.reason, how, actor, now)
    return begin_billing(new, months=months, actor=actor, now=now)


def go_on_or_ask(*, account_id: int, actor: Actor, now: datetime) -> BillingAccount | Approval:
    """Bill an account on whose billing was to end. Terms that were to come went with the end:
    where the last year would have come to less under those that hold on, a second person is asked
    first.

    Raises what `go_on_billing` raises, and `AlreadyPending`.
    """
    account, last = to_go_on(account_id=account_id, actor=actor)
    said = Said(last.labels, last.numbers) if last is not None else None
    if last is None or said is None or account.closed_date is None:
        return go_on_billing(account_id=account_id, actor=actor, now=now)
    year = year_under(account, tariff_id=last.tariff_id, said=said)
    if not year.rows or not year.is_lower:
        return go_on_billing(account_id=account_id, actor=actor, now=now)
    new = NewTerms(account_id, account.closed_date, last.tariff_id, {}, account.end_reason)
    return _ask(account, new, said, account.end_reason, {"act": GO_ON}, actor, now)


def _needs_second(account: BillingAccount, tariff_id: int, said: Said) -> bool:
    """Whether the last year would have come to less, or nothing tells."""
    return year_under(account, tariff_id=tariff_id, said=said).is_lower


def _ask(
    account: BillingAccount,
    new: NewTerms,
    said: Said,
    reason: str,
    how: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> Approval:
    held = terms_on(account.pk, new.since)
    return request_approval(
        kind=ASKED,
        subject_id=account.pk,
        organisation_id=account.organisation_id,
        payload={
            "since": new.since.isoformat(),
            "tariff": new.tariff_id,
            "given": {**said.labels, **said.numbers},
            "held": held.pk if held else None,
            **how,
        },
        reason=reason,
        actor=actor,
        now=now,
    )


def terms_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the terms hold from the day that was asked for.

    Raises `TermsMoved` where other terms hold by now, and what the act that was asked for raises.
    """
    del actor
    asked = approval.payload
    new = NewTerms(
        approval.subject_id, date.fromisoformat(asked["since"]), asked["tariff"], asked["given"],
        approval.reason,
    )  # fmt: skip
    hold_accounts([new.account_id])
    held = terms_on(new.account_id, new.since)
    if (held.pk if held else None) != asked["held"]:
        raise TermsMoved(new.account_id)
    asker = actor_by_id(approval.requested_by_id, day=timezone.localdate(now))
    # What was asked for before accounts could begin anew by it changes terms.
    match asked.get("act", CHANGE):
        case "begin":
            begin_billing(new, months=asked[MONTHS], actor=asker, now=now)
        case "go_on":
            _go_on(new, asker, now)
        case _:
            change_terms(new, actor=asker, now=now)


def _go_on(new: NewTerms, asker: Actor, now: datetime) -> None:
    """Bill an account on, where it still was to end on the same day. Raises `TermsMoved`."""
    account, _last = to_go_on(account_id=new.account_id, actor=asker)
    if account.closed_date != new.since:
        raise TermsMoved(new.account_id)
    go_on_billing(account_id=new.account_id, actor=asker, now=now)

"""Somebody else pays for an account from a day until a day: a landlord, an employer, an office.

The part is `payer`, as a hand-over gives it too; who uses the supply stays what they are.
"""

from datetime import date, datetime

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.events import PartyEnded
from qiao.customers.models import Account, AccountParty
from qiao.customers.operations.access import local_day
from qiao.customers.operations.accounts import add_party, end_party
from qiao.customers.operations.refusals import CustomerRefusal, WrongState
from qiao.customers.queries import NotVisible, get_customer_for
from qiao.customers.queries.payers import outsiders_paying


class DayPassed(CustomerRefusal):
    """The day is over: what was sent on it stays addressed as it was; `day` is the first that may
    be named."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


class PaidByOther(CustomerRefusal):
    """Another outsider pays on some of these days: that ends first; `name` is who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def let_pay(
    *,
    actor: Actor,
    now: datetime,
    account_id: int,
    customer_id: int,
    from_date: date,
    to_date: date | None = None,
) -> AccountParty:
    """Let a customer pay for an account from a day, today or later, to before another.

    Who of those who use the supply pays otherwise pays again afterwards. Raises `WrongState` for
    a closed account, `DayPassed`, `PaidByOther`, `AlreadyOwned`, `BadPeriod`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    account = _locked(actor, account_id)
    if account.status == Account.Status.CLOSED:
        raise WrongState(account.status)
    _refuse_passed(account, from_date, now)
    payer = get_customer_for(actor=actor, customer_id=customer_id)
    for other in outsiders_paying(account_id=account.pk, since=from_date, until=to_date):
        if other.customer_id != payer.pk:
            raise PaidByOther(other.name)
    return add_party(
        actor=actor, now=now, account_id=account.pk, customer_id=payer.pk,
        role=AccountParty.Role.PAYER, from_date=from_date, to_date=to_date,
    )  # fmt: skip


def end_paying(*, actor: Actor, now: datetime, party_id: int, day: date) -> None:
    """Let a payer pay no more from a day on, today or later; on their first day, or before it,
    they never did.

    Raises `DayPassed`, `WrongState` if it ended before, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    required()
    rows = AccountParty.objects.filter(role=AccountParty.Role.PAYER)
    account_id = rows.filter(pk=party_id).values_list("account_id", flat=True).first()
    account = _locked(actor, account_id or 0)
    _refuse_passed(account, day, now)
    party = rows.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise WrongState(f"party {party_id}")
    if day > party.period.lower:
        end_party(actor=actor, now=now, party_id=party.pk, end_date=day)
        return
    told = PartyEnded(party.pk, account.pk, party.customer_id, party.role)
    party.delete()
    publish(told, organisation_id=account.organisation_id, actor=actor, now=now)


def _locked(actor: Actor, account_id: int) -> Account:
    """The account, locked: of two who name a payer at once the second sees the first's."""
    required()
    rows = Account.objects.visible_to(actor).select_for_update(no_key=True)
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise NotVisible(f"account {account_id}")
    actor.require("customers.edit", found.organisation_id)
    return found


def _refuse_passed(account: Account, day: date, now: datetime) -> None:
    today = local_day(organisation_id=account.organisation_id, now=now)
    if day < today:
        raise DayPassed(today)

"""Callers who want to hear their bills, and accounts with bills; for the tests of that."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from qiao.billing import operations as billing
from qiao.billing.models import Bill, BillingAccount
from qiao.billing.tests.lives import NOW as THEN
from qiao.billing.tests.lives import a_bill, a_tariff, issue, month
from qiao.core.actor import Actor
from qiao.customers.models import Account, Customer
from qiao.customers.tests.factories import make_account, make_customer
from qiao.telephony.queries import menu_in_service
from qiao.telephony.rules import switch
from qiao.telephony.rules.speech import known_pieces
from qiao.telephony.tests.menu_callers import Caller

PHONE, PROOF = "13957140826", "0826"
SINCE = date(2023, 1, 1)


def billed(
    actor: Actor, owner: Customer | None = None, *, service: str = "water", is_billed: bool = True
) -> Account:
    """An account of the actor's branch whose owner is reached at `PHONE`."""
    owner = owner or make_customer(actor, phones=[PHONE])
    account = make_account(actor, owner=owner, service=service)
    if is_billed:
        billing.open_billing(
            [
                billing.NewAccount(
                    account_id=account.pk, organisation_id=account.organisation_id,
                    currency="CNY", since=SINCE, tariff_id=a_tariff().pk,
                    numbers={"people": Decimal(4)},
                )
            ],
            now=THEN,
        )  # fmt: skip
    return account


def bills(account: Account, months: Sequence[int]) -> list[Bill]:
    """Bills of months after November 2025, each for another use; others in between are none."""
    found = []
    for n in months:
        began = month(n).start
        BillingAccount.objects.filter(pk=account.pk).update(billed_until=began)
        found += issue(a_bill(account.pk, n, f"{9 + abs(n)}.5"))
    return found


def said(caller: Caller) -> str:
    """What the switch was told to play last, in words."""
    menu = menu_in_service("water.hotline")
    assert menu
    words = {each.sound: each.text for each in known_pieces(menu)}
    *_before, played = [each for each in caller.orders if isinstance(each, switch.Play)]
    return "".join(words[sound] for sound in played.sounds)


def hears_all(caller: Caller, node: str, most: int = 90) -> list[str]:
    """All that is said while the caller stays at a step and presses nothing."""
    heard = []
    for _step in range(most):
        if caller.node != node:
            break
        if any(isinstance(each, switch.Play) for each in caller.orders):
            heard.append(said(caller))
            caller.listens()
        else:
            caller.waits(6)
    return heard


def comes_in(account: Account | str, proof: str = PROOF, caller: Caller | None = None) -> Caller:
    """Somebody who chose to hear bills and keyed in an account number, and a proof."""
    caller = caller or Caller()
    caller.presses("8")
    number = account if isinstance(account, str) else account.number
    caller.presses(f"{number}#")
    if proof:
        caller.presses(proof)
    return caller

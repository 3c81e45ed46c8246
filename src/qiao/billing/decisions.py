"""What a second person agrees to: bills taken back, late fees waived, instalments lowered,
accounts billed otherwise, balances taken over, money given out."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.models import BalanceFile, Bill, BillingAccount, Payment, Voucher
from qiao.billing.operations import AccountFed, BillReversed, DayClosed, NotLatest, TermsBilled
from qiao.billing.operations.accounts import BilledAlready, NotEnding
from qiao.billing.operations.asking import (
    NothingToWaive,
    lowering_agreed,
    reversal_agreed,
    waiver_agreed,
)
from qiao.billing.operations.balance_asking import BalancesMoved, balances_agreed
from qiao.billing.operations.billing import BegunAnew
from qiao.billing.operations.budget import AccountCloses, BudgetMoved, BudgetRuns, NoBudget
from qiao.billing.operations.paying import NoShift
from qiao.billing.operations.terms import (
    BadTerms,
    BillingEnded,
    NoPriceYet,
    NothingChanged,
    TariffUnfit,
)
from qiao.billing.operations.terms_asking import TermsMoved, terms_agreed
from qiao.billing.operations.vouchers import DrawerShort, NotHeld, StillOwed, pay_out_agreed
from qiao.billing.queries.asked import BALANCES, LOWER, PAY_OUT, REVERSE, TERMS, WAIVE
from qiao.billing.queries.terms_shown import asked_words, held_words, terms_on
from qiao.billing.queries.vouchers import held_by
from qiao.billing.showing import money
from qiao.billing.showing_balance_files import amount_words
from qiao.core.actor import Forbidden
from qiao.core.manifest import Decidable, Difference, Told
from qiao.core.models import Approval


def tell_reversal(approval: Approval) -> Told:
    """Which bill shall be taken back, of which amount."""
    bill = Bill.objects.filter(pk=approval.subject_id).first()
    return _told(approval, bill, _("Take a bill back"), bill.total_minor if bill else 0)


def tell_waiver(approval: Approval) -> Told:
    """How much of which bill's late fee shall be waived."""
    bill = Bill.objects.filter(pk=approval.subject_id).first()
    return _told(approval, bill, _("Waive a late fee"), approval.payload["minor"])


def tell_lowering(approval: Approval) -> Told:
    """Of which account a lower instalment shall be asked, and how much lower it is."""
    account = (
        BillingAccount.objects.select_related("account").filter(pk=approval.subject_id).first()
    )
    if account is None:
        return Told(_("Lower an instalment"), "–", "", [], approval.reason)
    before, after = approval.payload["before"], approval.payload["minor"]
    return Told(
        kind=_("Lower an instalment"),
        title=account.account.number,
        url=reverse("billing:account", args=[account.pk]),
        differences=[
            Difference(
                _("Instalment of each bill"),
                money(before, account.currency) if before else "–",
                money(after, account.currency),
            )
        ],
        note=approval.reason,
    )


def _told(approval: Approval, bill: Bill | None, kind: Any, minor: int) -> Told:
    return Told(
        kind=kind,
        title=bill.number if bill else "–",
        url=reverse("billing:bill", args=[bill.pk]) if bill else "",
        differences=[
            Difference(
                pgettext_lazy("bill", "Amount"),
                money(minor, bill.currency),
                money(0, bill.currency),
            )
        ]
        if bill
        else [],
        note=approval.reason,
    )


def tell_terms(approval: Approval) -> Told:
    """Of which account which other terms shall hold, beside those that hold."""
    account = (
        BillingAccount.objects.select_related("account").filter(pk=approval.subject_id).first()
    )
    kind = _("Bill an account otherwise")
    if account is None:
        return Told(kind, "–", "", [], approval.reason)
    asked = approval.payload
    since = date.fromisoformat(asked["since"])
    return Told(
        kind=kind,
        title=account.account.number,
        url=reverse("billing:terms", args=[account.pk]),
        differences=[
            Difference(
                _("How it is billed from %(day)s on") % {"day": since.isoformat()},
                held_words(terms_on(account.pk, since)),
                asked_words(asked["tariff"], asked["given"]),
            ),
        ],
    )


def tell_balances(approval: Approval) -> Told:
    """Of which file balances shall be taken over, and what they come to."""
    file = BalanceFile.objects.filter(pk=approval.subject_id).first()
    kind = _("Take balances over from a former billing system")
    if file is None:
        return Told(kind, "–", "", [], "")
    nothing = money(0, file.currency)
    return Told(
        kind=kind,
        title=f"{file.file_name}, {file.as_of.isoformat()}",
        url=reverse("billing:balance_file", args=[file.pk]),
        differences=[
            Difference(amount_words()[name], nothing, money(sums["new"], file.currency))
            for name, sums in approval.payload["sums"].items()
            if sums["new"]
        ],
    )


def tell_pay_out(approval: Approval) -> Told:
    """What shall be given out for which account, by which means."""
    account = (
        BillingAccount.objects.select_related("account").filter(pk=approval.subject_id).first()
    )
    kind = _("Give money out")
    if account is None:
        return Told(kind, "–", "", [], approval.reason)
    asked = approval.payload
    out = money(asked["minor"], account.currency)
    held = money(held_by(account.pk).get(asked["kind"], 0), account.currency)
    return Told(
        kind=kind,
        title=account.account.number,
        url=reverse("billing:account", args=[account.pk]),
        differences=[
            Difference(
                Voucher.Kind(asked["kind"]).label, held,
                f"{out} · {Payment.Means(asked['means']).label}",
            )
        ],
        note=approval.reason,
    )  # fmt: skip


_REFUSALS: Final[Mapping[type[Exception], Any]] = {
    DayClosed: _("Today is closed already: agree tomorrow."),
    Forbidden: _("Whoever asked may not do this any more."),
    ObjectDoesNotExist: _("Whoever asked works here no more."),
}
DECISIONS: Final = (
    Decidable(
        kind=REVERSE,
        tell=tell_reversal,
        carry_out=reversal_agreed,
        refusals={
            NotLatest: _("A later bill has come meanwhile: it is taken back first."),
            BegunAnew: _("Billing of the account began anew meanwhile: this bill stays."),
            BillReversed: _("The bill was taken back meanwhile."),
            **_REFUSALS,
        },
    ),
    Decidable(
        kind=WAIVE,
        tell=tell_waiver,
        carry_out=waiver_agreed,
        refusals={NothingToWaive: _("There is no late fee on the bill any more."), **_REFUSALS},
    ),
    Decidable(
        kind=LOWER,
        tell=tell_lowering,
        carry_out=lowering_agreed,
        refusals={
            BudgetMoved: _("Another instalment is asked by now."),
            BudgetRuns: _("Equal instalments run on this account already."),
            NoBudget: _("No equal instalments run, or they are ending."),
            AccountCloses: _("The account closes: no year lies ahead."),
            **_REFUSALS,
        },
    ),
    Decidable(
        kind=TERMS,
        tell=tell_terms,
        carry_out=terms_agreed,
        refusals={
            BilledAlready: _("Its billing began anew meanwhile."),
            NotEnding: _("Its last bill was issued, or it is billed on."),
            TermsMoved: _("It is billed otherwise by now than when this was asked for."),
            TermsBilled: _("Its days from then on were billed meanwhile."),
            BillingEnded: _("The account is not billed any more by then."),
            NothingChanged: _("It is billed like this already."),
            TariffUnfit: _("The tariff is none for this account any more."),
            NoPriceYet: _("The tariff has no price on that day any more."),
            BadTerms: _("The tariff asks something else by now: ask anew."),
            AccountFed: _("Another system bills this account by now."),
            **_REFUSALS,
        },
    ),
    Decidable(
        kind=BALANCES,
        tell=tell_balances,
        carry_out=balances_agreed,
        refusals={
            BalancesMoved: _("The file was checked anew, started or removed meanwhile."),
            **_REFUSALS,
        },
    ),
    Decidable(
        kind=PAY_OUT,
        tell=tell_pay_out,
        carry_out=pay_out_agreed,
        refusals={
            NotHeld: _("There is not so much to give out any more."),
            StillOwed: _("Something is owed by now: the deposit pays that first."),
            NoShift: _("The drawer of whoever asked is closed: they ask again with one open."),
            DrawerShort: _("There is not so much cash in the drawer of whoever asked."),
            AccountFed: _("Another system bills this account by now."),
            **_REFUSALS,
        },
    ),
)

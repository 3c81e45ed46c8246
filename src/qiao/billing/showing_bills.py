"""Words for bills and payments: how a bill stands, what moved its debt."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.billing import showing
from qiao.billing.models import Bill, Payment
from qiao.billing.models import Tariff as TariffRow
from qiao.billing.rules.money.postings import Event
from qiao.core.rules.periods import Period
from qiao.core.wording import from_names

_EVENTS: Final[Mapping[Event, Promise]] = {
    Event.PREPAID_APPLIED: pgettext_lazy("ledger", "Paid from what was paid ahead"),
    Event.CREDIT_MOVED: pgettext_lazy("ledger", "Became paid ahead"),
    Event.LATE_FEE_CHARGED: pgettext_lazy("ledger", "Late fee"),
    Event.LATE_FEE_WAIVED: pgettext_lazy("ledger", "Late fee waived"),
    Event.DEPOSIT_APPLIED: pgettext_lazy("ledger", "Paid from the deposit"),
    Event.WRITTEN_OFF: pgettext_lazy("ledger", "Written off"),
    Event.BUDGET_EQUALISED: pgettext_lazy("ledger", "Put off by equal instalments"),
    Event.BUDGET_SETTLED: pgettext_lazy("ledger", "Equal instalments settled"),
    Event.BALANCE_TAKEN_OVER: pgettext_lazy("ledger", "Taken over from another system"),
}


def last_day(period: Period) -> date:
    """The last day that belongs to a period with an end."""
    return (period.end or period.start) - timedelta(days=1)


def days_words(start: date, end: date) -> str:
    """The first and the last day of days whose end is exclusive; of a bill without days, which
    was taken over, up to when it was."""
    last = f"{end - timedelta(days=1):%Y-%m-%d}"
    if start == end:
        return pgettext("bill", "up to %(day)s") % {"day": last}
    return f"{start:%Y-%m-%d} – {last}"


def tariff_name(row: TariffRow) -> str:
    """What a tariff is called."""
    return from_names(row.names, row.key)


def unit_name(unit: str) -> str:
    """A unit of quantities as it is written."""
    return showing.UNITS.get(unit, unit)


def used(bill: Bill) -> str:
    """What a bill is for, with its unit; empty where that is no quantity."""
    return used_words(bill.usage, bill.unit)


def used_words(usage: Decimal | None, unit: str) -> str:
    """A quantity with its unit; empty where there is none."""
    return "" if usage is None else f"{showing.plain(usage)} {unit_name(unit)}"


def bill_state(bill: Bill, open_minor: int, today: date) -> tuple[str, str]:
    """How a bill stands, in words, and the tone of its badge."""
    return state_of(
        holds=bill.state != Bill.State.REVERSED,
        total=bill.asked,
        open_minor=open_minor,
        due_date=bill.due_date,
        today=today,
    )


def state_of(
    *, holds: bool, total: int, open_minor: int, due_date: date, today: date
) -> tuple[str, str]:
    """How a bill of these amounts in minor units stands, in words, and the tone of its badge."""
    if not holds:
        return str(Bill.State.REVERSED.label), "line"
    if total < 0:
        return pgettext("bill", "Credit note"), "info"
    if open_minor <= 0:
        return pgettext("bill", "Paid"), "ok"
    if due_date < today:
        return pgettext("bill", "Overdue"), "bad"
    if open_minor < total:
        return pgettext("bill", "Part paid"), "warn"
    return pgettext("bill", "Open"), "warn"


def event_words(event: str, channel: str, *, is_reversal: bool) -> str:
    """What moved a bill's debt, in words."""
    if channel or event == Event.PAYMENT_RECEIVED:
        said = str(Payment.Channel(channel).label) if channel else pgettext("ledger", "Payment")
        said = pgettext("ledger", "Paid: %(channel)s") % {"channel": said} if channel else said
    else:
        said = str(_EVENTS.get(Event(event), event))
    return _("Taken back: %(what)s") % {"what": said} if is_reversal else said


def channel_name(channel: str) -> str:
    """By which way a payment came; the words of another system stay as they are."""
    is_known = channel in Payment.Channel.values
    return str(Payment.Channel(channel).label) if is_known else channel


def invoiced_words(amount: str) -> str:
    """An invoice in words, of its minor units and currency, as in ``10395 CNY``."""
    minor, _space, currency = amount.partition(" ")
    return _("%(amount)s invoiced") % {"amount": showing.money(int(minor), currency)}


def paid_words(amount: str) -> str:
    """A payment in words, of its minor units and currency, as in ``10395 CNY``."""
    minor, _space, currency = amount.partition(" ")
    return _("%(amount)s paid") % {"amount": showing.money(int(minor), currency)}

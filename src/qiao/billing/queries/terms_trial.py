"""What the bills of the last year would have come to under other terms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qiao.billing.models import Bill, BillingAccount
from qiao.billing.queries.due import EARLY_DAYS
from qiao.billing.queries.terms import tariffs_by_version, under_versions, versions_by_tariff
from qiao.billing.rules.bills.facts import Facts, read_facts
from qiao.billing.rules.bills.lines import total_of
from qiao.billing.rules.money.budget import MONTHS
from qiao.billing.rules.tariffs.asked import Said, quantities_of
from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.model import USAGE
from qiao.billing.rules.tariffs.parts import rate_parts
from qiao.billing.rules.tariffs.planning import CannotPlan, Terms
from qiao.core.rules.months import months_after
from qiao.core.rules.periods import Period
from qiao.metering.queries import DEMAND


@dataclass(frozen=True, slots=True)
class Would:
    """A bill and what it came to, in minor units; `would` is what it would have come to, None
    where it cannot be told."""

    bill: Bill
    minor: int
    would: int | None


@dataclass(frozen=True, slots=True)
class YearUnder:
    """The bills of a year, the oldest first, as they were and as they would have been.
    `uncounted` are quantities that the tariff charges and the bills have no figure of: hours
    that the meter does not count."""

    rows: tuple[Would, ...] = ()
    uncounted: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[Would, ...]:
        """Those of which both can be told."""
        return tuple(each for each in self.rows if each.would is not None)

    @property
    def was(self) -> int:
        """What those came to."""
        return sum(each.minor for each in self.known)

    @property
    def would(self) -> int:
        """What those would have come to."""
        return sum(each.would or 0 for each in self.known)

    @property
    def is_lower(self) -> bool:
        """Whether less would have been asked, or nothing tells: people look at it then."""
        return not self.known or self.would < self.was


def year_under(account: BillingAccount, *, tariff_id: int, said: Said) -> YearUnder:
    """Rate the bills of an account's last twelve months once more, as if these terms had held
    in all of their days, by the prices of those days. Corrections and instalments aside."""
    since = months_after(account.billed_until, -MONTHS)
    found = Bill.objects.filter(
        account=account, state=Bill.State.ISSUED, end_date__gt=since
    ).exclude(kind=Bill.Kind.TAKEN_OVER)
    bills = [bill for bill in found.order_by("end_date") if bill.facts.get("period")]
    bills = [bill for bill in bills if (bill.start_date - since).days >= -EARLY_DAYS]
    versions = versions_by_tariff().get(tariff_id, ())
    uncounted = _uncounted(bills, versions)
    rows = tuple(Would(bill, bill.total_minor, _would(bill, versions, said)) for bill in bills)
    return YearUnder(rows, uncounted)


def _would(bill: Bill, versions: Sequence[tuple[date, str]], said: Said) -> int | None:
    facts = read_facts(bill.facts)
    try:
        parts = replace(facts, terms=_terms(facts, versions, said)).parts()
        tariffs = tariffs_by_version(part.version for part in parts)
        return total_of(tuple(rate_parts(tariffs, parts)))
    except (CannotPlan, CannotRate):
        return None


def _terms(facts: Facts, versions: Sequence[tuple[date, str]], said: Said) -> tuple[Terms, ...]:
    """The same terms over all days of a bill and of its years; the demand that was read for the
    bill goes before them."""
    periods = [facts.period, *(year.period for year in facts.years)]
    ends = [each.end for each in periods]
    last = None if None in ends else max(end for end in ends if end)
    whole = Period(min(each.start for each in periods), last)
    own = {name: Decimal(text) for name, text in said.numbers.items()}
    read = {
        name: number
        for each in facts.terms
        for name, number in each.numbers.items()
        if name.startswith(DEMAND)
    }
    return tuple(
        Terms(piece, version, dict(said.labels), own | read)
        for piece, version in under_versions(whole, versions)
    )


def _uncounted(bills: Sequence[Bill], versions: Sequence[tuple[date, str]]) -> tuple[str, ...]:
    if not bills or not versions:
        return ()
    _day, version = versions[-1]
    asked = quantities_of(tariffs_by_version([version])[version]) - {USAGE}
    counted = read_facts(bills[-1].facts).used().keys()
    return tuple(sorted(asked - counted))

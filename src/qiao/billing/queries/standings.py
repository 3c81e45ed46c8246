"""What stands on accounts, as the ledger keeps it: what is owed, and what was paid ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from qiao.billing.models import Bill, FedStanding, Standing
from qiao.billing.rules.money.allocation import Debt, Kind
from qiao.billing.rules.money.postings import Ledger


def standings_of(account_ids: Iterable[int]) -> dict[int, list[Standing]]:
    """What is owed and paid ahead by account; accounts on which nothing stands are left out."""
    found: dict[int, list[Standing]] = defaultdict(list)
    rows = Standing.objects.filter(
        account__in=list(account_ids), ledger__in=[Ledger.RECEIVABLE, Ledger.PREPAID]
    )
    for row in rows.order_by("account", "bill_id", "owner", "kind"):
        found[row.account_id].append(row)
    return dict(found)


def fed_standings(account_ids: Iterable[int]) -> dict[int, FedStanding]:
    """What stands by account of those that another system bills."""
    return FedStanding.objects.in_bulk(list(account_ids))


def owing(rows: Iterable[Standing]) -> list[Standing]:
    """Of what stands on an account what is owed: its receivables above nothing."""
    return [row for row in rows if row.ledger == Ledger.RECEIVABLE and row.minor > 0]


def owed(account_ids: Iterable[int]) -> dict[int, list[Standing]]:
    """What each account owes, by bill, owner and kind."""
    return {pk: owing(rows) for pk, rows in standings_of(account_ids).items()}


def open_of(bill: Bill) -> int:
    """What is still owed of a bill, in minor units."""
    rows = Standing.objects.filter(
        account=bill.account_id, ledger=Ledger.RECEIVABLE, bill_id=bill.pk
    )
    return sum(rows.values_list("minor", flat=True))


def ahead_of(rows: Iterable[Standing]) -> int:
    """Of what stands on an account what was paid ahead, in minor units."""
    return -sum(row.minor for row in rows if row.ledger == Ledger.PREPAID)


def deposit_of(account_id: int) -> int:
    """What is deposited for an account, in minor units."""
    rows = Standing.objects.filter(account=account_id, ledger=Ledger.DEPOSIT)
    return -sum(rows.values_list("minor", flat=True))


def fingerprint(rows: Iterable[Standing]) -> str:
    """What stands on an account in short: whoever acts on what they saw shows that it is still
    so."""
    told = sorted(f"{row.ledger} {row.bill_id} {row.owner} {row.kind} {row.minor}" for row in rows)
    return sha256("\n".join(told).encode()).hexdigest()[:20]


def debts_of(
    standings: Mapping[int, Sequence[Standing]], *, held: Iterable[int] = ()
) -> dict[int, list[Debt]]:
    """What accounts owe, as debts with the days on which they were due."""
    bill_ids = {row.bill_id for rows in standings.values() for row in rows}
    due = dict(Bill.objects.filter(pk__in=bill_ids).values_list("pk", "due_date"))
    kept = set(held)
    return {
        account_id: [
            Debt(row.bill_id, due[row.bill_id], _kind(row.kind), row.owner, row.minor,
                 row.bill_id in kept)
            for row in rows
        ]
        for account_id, rows in standings.items()
    }  # fmt: skip


def _kind(text: str) -> Kind:
    match text:
        case "principal" | "interest" | "costs":
            return text
    raise ValueError(text)

"""Drafts of tariffs and the history of versions: who may see them, what stands when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from qiao.billing.models import TariffDraft, TariffVersion
from qiao.core.actor import Actor, Forbidden
from qiao.staff.queries import company_id

CHANGE: Final = "tariffs.change"
"""The right to prepare other prices, held in the company: prices are the same for all of it."""
APPROVE: Final = "core.approve"
_BILLED: Final = """
SELECT count(*) FILTER (WHERE b.start_date < %(day)s), count(*), max(b.end_date)
  FROM (SELECT DISTINCT t.account_id
          FROM billing_billingterms t
          JOIN billing_billingaccount a ON a.account_id = t.account_id
         WHERE t.tariff_id = %(tariff)s AND a.billed_until > %(day)s
           AND t.period && daterange(%(day)s, NULL)) x
  JOIN billing_bill b ON b.account_id = x.account_id
   AND b.state = 'issued' AND b.end_date > %(day)s
"""


class DraftMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such draft."""


@dataclass(frozen=True, slots=True)
class Billed:
    """What is billed already of the days from a day on: bills that straddle it, all bills that
    reach beyond it, and the first day that none of them covers."""

    straddling: int
    bills: int
    free_from: date | None


def may_change(actor: Actor) -> bool:
    """Whether somebody may prepare other prices."""
    return actor.can_in(CHANGE, company_id())


def require_change(actor: Actor) -> None:
    """Raises `Forbidden` unless the actor may prepare other prices for the company."""
    actor.require(CHANGE, company_id())


def draft_for(*, actor: Actor, draft_id: int) -> TariffDraft:
    """A draft, for who prepares prices and who agrees to them. Raises `DraftMissing`,
    `Forbidden`."""
    if not may_change(actor) and not actor.can_in(APPROVE, company_id()):
        raise Forbidden(CHANGE)
    rows = TariffDraft.objects.select_related("tariff", "based_on", "begun_by", "changed_by")
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise DraftMissing(draft_id)
    return found


def drafts_of(tariff_id: int) -> list[TariffDraft]:
    """The drafts of a tariff that are under way or wait, then those put away."""
    rows = TariffDraft.objects.filter(tariff=tariff_id).exclude(state="published")
    found = rows.select_related("begun_by", "changed_by").defer("definition")
    return sorted(found, key=lambda each: (each.state == "dropped", -each.pk))


def standing_versions(tariff_id: int) -> list[TariffVersion]:
    """The versions of a tariff that were not called off, by their days."""
    rows = TariffVersion.objects.standing().filter(tariff=tariff_id)
    return list(rows.order_by("valid_from"))


def held_on(versions: Sequence[TariffVersion], day: date) -> TariffVersion | None:
    """The version that holds on a day; `versions` are in order."""
    return next((each for each in reversed(versions) if each.valid_from <= day), None)


def history_of(tariff_id: int) -> list[TariffVersion]:
    """All versions of a tariff with who published, agreed and called off; the newest first."""
    rows = TariffVersion.objects.filter(tariff=tariff_id)
    found = rows.select_related("published_by", "approval", "withdrawn_by")
    return list(found.order_by("-valid_from", "-pk"))


def billed_beyond(*, tariff_id: int, day: date) -> Billed:
    """What was billed, under a tariff, of the days from `day` on."""
    with connection.cursor() as cursor:
        cursor.execute(_BILLED, {"day": day, "tariff": tariff_id})
        return Billed(*cursor.fetchone())

"""Protections of the demo world: most confirmed, some due, one that waits for a second person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import connection

from qiao.core.approvals import request_approval
from qiao.core.demo import Finding, World
from qiao.customers.models import Protection, ProtectionStep
from qiao.customers.operations.protecting import APPROVAL
from qiao.customers.operations.protection_moving import days_of
from qiao.customers.operations.protection_terms import terms_of
from qiao.customers.rules.protection import OF_PLACE, TWO_PEOPLE, Terms, days_from
from qiao.staff.queries import actor_by_id

# Who issues the paper, and for how many days it is good (0: without an end).
ISSUERS = {
    "hospital": ("卫生健康委员会", 1_095),
    "life_support": ("市第一人民医院", 365),
    "elderly_alone": ("街道办事处", 730),
    "infant": ("社区卫生服务中心", 1_095),
    "disabled": ("残疾人联合会", 1_825),
    "welfare": ("民政局", 365),
    "school": ("教育局", 0),
    "public_safety": ("消防救援支队", 0),
    "important": ("经济和信息化局", 730),
}
PROVEN_SHARE = 0.82
REMINDED_SHARE = 0.5
RUN_OUT_SHARE = 0.15
PAST_SPAN = 730
_CLERKS = """
SELECT s.id FROM staff_staff s
 WHERE s.is_active AND s.number LIKE '10%%' ORDER BY s.id LIMIT 12
"""
_PLACES = """
SELECT DISTINCT ON (t.customer_id) t.customer_id, s.premises_id
  FROM customers_accountparty t JOIN customers_account a ON a.id = t.account_id
  JOIN customers_servicepoint s ON s.id = a.service_point_id
 WHERE t.customer_id = ANY(%s) AND upper_inf(t.period) ORDER BY t.customer_id, a.id
"""


def build(world: World) -> None:
    """Confirm what was claimed, at other times and for other spans; let days pass over it."""
    rng = world.random("protection")
    today = world.now.date()
    rows = list(Protection.objects.order_by("id"))
    with connection.cursor() as cursor:
        cursor.execute(_CLERKS, [])
        clerks = [pk for (pk,) in cursor.fetchall()]
        wanted = [row.customer_id for row in rows if row.kind in OF_PLACE]
        cursor.execute(_PLACES, [wanted])
        places = dict(cursor.fetchall())
    terms = {
        unit: terms_of(organisation_id=unit, day=today)
        for unit in {row.organisation_id for row in rows}
    }
    steps = []
    for row in rows:
        row.premises_id = places.get(row.customer_id)
        steps += _lived(row, rng, terms[row.organisation_id], world.now, clerks)
    fields = [
        "premises", "since", "until", "grace_until", "prove_by", "review_date", "due_date",
        "stage", "moves_on", "claimed_at", "claimed_by_id", "confirmed_at", "confirmed_by_id",
        "certificate", "issuer", "seen_date",
    ]  # fmt: skip
    Protection.objects.bulk_update(rows, fields, batch_size=1_000)
    ProtectionStep.objects.bulk_create(steps, batch_size=5_000)
    _ask(rows, world.now)


def _lived(
    row: Protection, rng: Random, terms: Terms, now: datetime, clerks: Sequence[int]
) -> list[ProtectionStep]:
    """Give one its past; the steps since its claim."""
    today = now.date()
    issuer, span = ISSUERS[row.kind]
    is_proven = rng.random() < PROVEN_SHARE
    ago = rng.randrange(5, 365) if is_proven else rng.randrange(0, 50)
    if is_proven and 0 < span <= PAST_SPAN and rng.random() < RUN_OUT_SHARE:
        ago = span + rng.randrange(1, 100)
    day = today - timedelta(days=ago)
    until = day + timedelta(days=span) if is_proven and span else None
    row.since = day
    row.claimed_at = now - timedelta(days=ago, hours=2)
    row.claimed_by_id = rng.choice(clerks)
    days = days_from(day, until=until, terms=terms, is_proven=is_proven)
    row.until, row.grace_until = days.until, days.grace_until
    row.prove_by, row.review_date, row.due_date = days.prove_by, days.review_date, days.due_date
    steps = []
    if is_proven:
        row.confirmed_at, row.confirmed_by_id = now - timedelta(days=ago), rng.choice(clerks)
        row.issuer, row.seen_date = issuer, day
        number = f"{rng.randrange(10**11, 10**12)}"
        row.certificate = f"{number[:3]}******{number[-3:]}"
        steps.append(
            _step(row, "confirmed", row.confirmed_at, row.confirmed_by_id,
                  f"{issuer} · {row.certificate}")
        )  # fmt: skip
    row.stage, row.moves_on = days_of(row).stage(today), days_of(row).moves_on(today)
    if row.stage in ("due", "grace", "overdue"):
        steps.append(_step(row, "came_due", now - timedelta(days=(today - row.due_date).days)))
        if rng.random() < REMINDED_SHARE:
            told = "已电话提醒，下周带证件来营业厅"
            steps.append(
                _step(
                    row,
                    "reminded",
                    now - timedelta(hours=rng.randrange(3, 300)),
                    row.claimed_by_id,
                    told,
                )
            )
    return steps


def _step(
    row: Protection, act: str, at: datetime, by_id: int | None = None, words: str = ""
) -> ProtectionStep:
    return ProtectionStep(
        protection=row, act=act, at=at, by_id=by_id, words=words, until=row.until
    )


def _ask(rows: Sequence[Protection], now: datetime) -> None:
    """Somebody asks a second person to end the first protection of a machine at home."""
    found = next((row for row in rows if row.kind in TWO_PEOPLE and row.is_proven), None)
    if found is None or found.claimed_by_id is None:
        return
    actor = actor_by_id(found.claimed_by_id, day=now.date())
    reason = "制氧机已退还医院，家属来厅说明"
    request_approval(
        kind=APPROVAL,
        subject_id=found.pk,
        organisation_id=found.organisation_id,
        payload={"protection": found.pk, "customer": found.customer_id},
        reason=reason,
        actor=actor,
        now=now,
    )
    ProtectionStep.objects.create(
        protection=found, act="asked", at=now, by_id=actor.staff_id, words=reason
    )


_FIGURES = """
SELECT count(*), count(*) FILTER (WHERE stage IN ('due', 'grace', 'overdue')),
       (SELECT count(*) FROM (SELECT c.id FROM customers_customer c WHERE c.flags <> '{}'
                              UNION SELECT p.customer_id FROM customers_protection p) AS x
          JOIN customers_customer c ON c.id = x.id AND c.flags <> customers_protected_as(c.id))
  FROM customers_protection
"""


def audit() -> Sequence[Finding]:
    """Whether some are protected, some have to be looked at, and the kept flags agree."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        protected, due, wrong = cursor.fetchone()
    return [
        Finding("protections", f"{protected:,}", "some", protected > 0),
        Finding("protections to look at", f"{due:,}", "some", due > 0),
        Finding("flags that disagree", f"{wrong:,}", "none", wrong == 0),
    ]

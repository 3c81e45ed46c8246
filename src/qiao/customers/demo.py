"""The people of the demo world, and whether they are believable."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from qiao.core.demo import Finding, World
from qiao.customers.operations import build_customers
from qiao.staff.queries import branches_by_area, region_names


def build(world: World) -> None:
    """Fill the city: `world.customers` people and firms with phones, homes and accounts."""
    built = build_customers(
        count=world.customers,
        organisation_ids_by_area=branches_by_area(),
        area_names=region_names("zh-hans"),
        seed=world.seed,
        now=world.now,
    )
    world.shared["first_customer_id"] = built.first_id
    world.shared["last_customer_id"] = built.last_id


_FIGURES = """
SELECT (SELECT count(*) FROM customers_customer),
       (SELECT count(*) FROM customers_customer WHERE kind = 'organisation'),
       (SELECT count(*) FROM customers_customer WHERE flags <> '{}'),
       (SELECT count(*) FROM customers_customerphone),
       (SELECT count(DISTINCT customer_id) FROM customers_customerphone),
       (SELECT count(DISTINCT customer_id) FROM customers_customerorganisation),
       (SELECT count(*) FROM customers_account a WHERE NOT EXISTS (
            SELECT 1 FROM customers_accountparty t WHERE t.account_id = a.id AND t.role = 'owner'
               AND t.period @> %(today)s::date) AND a.status <> 'closed'),
       (SELECT count(*) FROM customers_customerphone p JOIN customers_customer c
            ON c.id = p.customer_id WHERE p.digits = '13805712264' AND c.name = '陈慧敏')
"""
ORGANISATIONS_BETWEEN = (0.01, 0.07)  # a small world may draw few
PROTECTED_BETWEEN = (0.01, 0.05)


def audit() -> Sequence[Finding]:
    """What makes these people believable."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"today": timezone.localdate()})
        everyone, firms, protected, phones, reachable, seen, ownerless, known = cursor.fetchone()
    if not everyone:
        return [Finding("customers", "0", "some", ok=False)]

    def share(name: str, part: int, between: tuple[float, float]) -> Finding:
        low, high = between
        found = part / everyone
        return Finding(name, f"{found:.1%}", f"{low:.0%} to {high:.0%}", low <= found <= high)

    return [
        Finding("customers", f"{everyone:,}", "some", ok=True),
        share("organisations among customers", firms, ORGANISATIONS_BETWEEN),
        share("protected customers", protected, PROTECTED_BETWEEN),
        share("customers with a telephone number", reachable, (0.99, 1.0)),
        share("customers linked to a branch", seen, (1.0, 1.0)),
        Finding("numbers a customer", f"{phones / everyone:.2f}", "1 to 2", phones < 2 * everyone),
        Finding("accounts without an owner", str(ownerless), "0", ownerless == 0),
        Finding("the known customer is found by number", str(known), "1", known == 1),
    ]

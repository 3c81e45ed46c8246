"""The checks that hold for a service."""

from collections.abc import Iterable
from decimal import Decimal

from qiao.metering.models import Check
from qiao.metering.rules.checks import Rule


def checks_for(services: Iterable[str]) -> dict[str, list[Rule]]:
    """All versions of all checks by service: those of the service, and the general ones of which
    it has none of its own."""
    rows: dict[str, list[Rule]] = {}
    wanted = set(services)
    for row in Check.objects.filter(service__in=[*wanted, ""]).order_by("valid_from"):
        numbers = {name: Decimal(value) for name, value in row.parameters.items()}
        rule = Rule(row.key, row.severity, row.valid_from, numbers)
        rows.setdefault(row.service, []).append(rule)
    general = rows.get("", [])
    found = {}
    for service in wanted:
        own = rows.get(service, [])
        begun = {
            rule.key: min(each.valid_from for each in own if each.key == rule.key) for rule in own
        }
        # A version of the service ends the general one on its first day.
        found[service] = [
            *(r for r in general if r.key not in begun or r.valid_from < begun[r.key]),
            *own,
        ]
    return found

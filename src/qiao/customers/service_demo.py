"""Customers with several services at one premises, where further packs are enabled."""

from collections.abc import Sequence

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.packs.enabled import catalogue
from qiao.customers.operations import add_services
from qiao.customers.queries import service_names


def build(world: World) -> None:
    """Power and gas beside water, or whatever the enabled packs serve that accounts can be for."""
    own = {each.key for each in catalogue().packs[world.pack].services}
    further = [key for key in catalogue().services if key in service_names() and key not in own]
    if own & service_names().keys():
        add_services(services=further, now=world.now)


_SEVERAL = """
SELECT count(*) FROM (
    SELECT s.premises_id FROM customers_account a
      JOIN customers_servicepoint s ON s.id = a.service_point_id
     GROUP BY 1 HAVING count(DISTINCT a.service) = %s) x
"""
_UNMETERED = """
SELECT count(*) FROM customers_servicepoint s
 WHERE s.meter_number <> '' AND NOT EXISTS (
       SELECT FROM customers_meterinstallation m WHERE m.service_point_id = s.id)
"""


def audit() -> Sequence[Finding]:
    """Some premises have all services; every point has the meter that hangs there."""
    services = [key for key in catalogue().services if key in service_names()]
    ((found,),) = ask(_SEVERAL, [len(services)])
    return [
        Finding("premises with all services", f"{found:,}", "some", ok=found > 0),
        none_of("points whose meter hangs nowhere", _UNMETERED),
    ]

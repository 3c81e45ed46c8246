"""What accounts are for."""

from collections.abc import Iterable, Mapping

from qiao.core.manifest import Text
from qiao.core.packs.enabled import catalogue
from qiao.customers.models import Service


def service_names() -> Mapping[str, Text]:
    """The services by key (``water``), named in the reader's language."""
    return {service.value: service.label for service in Service}


def usual_service(packs: Iterable[str]) -> str:
    """The service of an account of which nothing is said: the first that these packs of a unit
    serve, or any enabled pack."""
    known = catalogue().packs
    served = (s.key for key in (*packs, *known) if key in known for s in known[key].services)
    return next((key for key in served if key in Service.values), Service.values[0])

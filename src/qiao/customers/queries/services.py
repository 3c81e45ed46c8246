"""What accounts are for."""

from collections.abc import Mapping

from qiao.core.manifest import Text
from qiao.customers.models import Service


def service_names() -> Mapping[str, Text]:
    """The services by key (``water``), named in the reader's language."""
    return {service.value: service.label for service in Service}

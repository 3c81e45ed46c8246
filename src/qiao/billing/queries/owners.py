"""What owners of money are called: whoever a tariff says that a charge belongs to."""

from collections.abc import Mapping

from qiao.billing.models import Tariff


def owner_names() -> dict[str, Mapping[str, str]]:
    """Names by language of the owners that tariffs know, by key; the first tariff's holds."""
    found: dict[str, Mapping[str, str]] = {}
    for owners in Tariff.objects.order_by("place", "pk").values_list("owners", flat=True):
        for key, names in owners.items():
            found.setdefault(key, names)
    return found

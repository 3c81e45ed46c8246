"""What is billed, and under which dated prices."""

from qiao.billing.models.tariffs import Tariff, TariffVersion

__all__ = ["Tariff", "TariffVersion"]

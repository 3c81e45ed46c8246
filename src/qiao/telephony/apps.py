"""Django's entry to the module."""

from django.apps import AppConfig
from django.conf import settings


class TelephonyConfig(AppConfig):
    name = "qiao.telephony"
    label = "telephony"

    def ready(self) -> None:
        """Refuse to start with an address that no browser could reach. Raises `ValueError`."""
        from qiao.telephony.rules.browser_phones import socket_address  # noqa: PLC0415

        socket_address(settings.SWITCH_WSS)

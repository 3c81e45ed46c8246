"""Django's entry to the module."""

from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "qiao.telephony"
    label = "telephony"

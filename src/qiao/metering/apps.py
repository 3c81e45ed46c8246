"""Django's entry to the module."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "qiao.metering"
    label = "metering"

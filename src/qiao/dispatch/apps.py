"""Django's entry to the module."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "qiao.dispatch"
    label = "dispatch"

"""Django's entry to the module."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "qiao.workforce"
    label = "workforce"

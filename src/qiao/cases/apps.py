"""Django's entry to the module."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "qiao.cases"
    label = "cases"

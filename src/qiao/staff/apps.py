"""Django's entry to the module."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "qiao.staff"
    label = "staff"

"""Django's entry to the module."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "qiao.api"
    label = "api"

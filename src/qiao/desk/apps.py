"""Django's entry to the module."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "qiao.desk"
    label = "desk"

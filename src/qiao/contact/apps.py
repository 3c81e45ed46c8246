"""Django's entry to the module."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "qiao.contact"
    label = "contact"

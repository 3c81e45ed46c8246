"""Django's entry to the module."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "qiao.billing"
    label = "billing"

"""Django's entry to the module."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "qiao.customers"
    label = "customers"

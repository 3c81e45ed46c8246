"""Django's entry to the module."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "qiao.messaging"
    label = "messaging"

"""Django's entry to the module."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "qiao.knowledge"
    label = "knowledge"

"""Django's entry to the module."""

from django.apps import AppConfig


class RolloutConfig(AppConfig):
    name = "qiao.rollout"
    label = "rollout"

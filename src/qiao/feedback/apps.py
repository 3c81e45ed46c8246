"""Django's entry to the module."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "qiao.feedback"
    label = "feedback"

"""Addresses of the house itself."""

from django.urls import path

from qiao.core import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
    path("live/", views.stream, name="live"),
]

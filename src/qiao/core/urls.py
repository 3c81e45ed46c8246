"""Addresses of the house itself."""

from django.urls import path

from qiao.core import views, views_ui

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
    path("live/", views.stream, name="live"),
    path("frame/", views.frame, name="frame"),
    path("ui/", views_ui.gallery, name="gallery"),
]

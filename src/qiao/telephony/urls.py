"""Addresses of the telephone."""

from django.urls import URLPattern

app_name = "telephony"
urlpatterns: list[URLPattern] = []

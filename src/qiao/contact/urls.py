"""Addresses of the contact module."""

app_name = "contact"
urlpatterns: list[object] = []

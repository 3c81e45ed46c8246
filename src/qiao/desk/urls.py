"""Addresses of the desk module."""

app_name = "desk"
urlpatterns: list[object] = []

"""Addresses of the customers module."""

app_name = "customers"
urlpatterns: list[object] = []

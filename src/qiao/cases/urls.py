"""Addresses of the cases module."""

app_name = "cases"
urlpatterns: list[object] = []

"""Addresses of the dispatch module."""

app_name = "dispatch"
urlpatterns: list[object] = []

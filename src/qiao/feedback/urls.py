"""Addresses of the feedback module."""

app_name = "feedback"
urlpatterns: list[object] = []

"""Addresses of billing."""

from django.urls import path

from qiao.billing.views import tariffs

app_name = "billing"
urlpatterns = [
    path("", tariffs.index, name="tariffs"),
    path("<int:tariff_id>/", tariffs.detail, name="tariff"),
]

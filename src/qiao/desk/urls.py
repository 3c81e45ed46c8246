"""Addresses of the desk module."""

from django.urls import path

from qiao.desk.overview import views as overview

app_name = "desk"
urlpatterns = [
    path("overview/", overview.overview, name="overview"),
    path("overview/now/", overview.overview_now, name="overview_now"),
    path("overview/figures/<str:key>/", overview.overview_figure, name="overview_figure"),
    path("overview/export/", overview.overview_export, name="overview_export"),
]

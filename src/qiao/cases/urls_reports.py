"""Addresses of the reports."""

from django.urls import path, re_path

from qiao.cases.views import reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    re_path(r"^reports/file\.(?P<form>xlsx|csv)$", reports.report_file, name="report_file"),
]

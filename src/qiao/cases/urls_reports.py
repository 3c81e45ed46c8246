"""Addresses of the reports."""

from django.urls import path

from qiao.cases.views import reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/file/<slug:form>", reports.report_file, name="report_file"),
]

"""Addresses of the reports."""

from django.urls import path

from qiao.cases.views import reports, saved_reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/saved/", saved_reports.saved_reports, name="saved_reports"),
    path("reports/save", saved_reports.save_report, name="save_report"),
    path("reports/saved/<int:view_id>/change", saved_reports.change_report, name="change_report"),
    path("reports/saved/<int:view_id>/drop", saved_reports.drop_report, name="drop_report"),
    path(
        "reports/saved/<int:view_id>/back",
        saved_reports.take_back_report,
        name="take_back_report",
    ),
    path(
        "reports/saved/<int:view_id>/when",
        saved_reports.schedule_report,
        name="schedule_report",
    ),
    path(
        "reports/saved/<int:view_id>/no-more",
        saved_reports.unschedule_report,
        name="unschedule_report",
    ),
    path("reports/file/<slug:form>", reports.report_file, name="report_file"),
]

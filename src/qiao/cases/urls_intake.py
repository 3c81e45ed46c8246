"""Addresses of logs of cases that come in from outside."""

from django.urls import path

from qiao.cases.views import intake, intake_runs

urlpatterns = [
    path("intake/", intake_runs.intake_list, name="intakes"),
    path("intake/new/", intake.upload, name="intake_new"),
    path("intake/<int:intake_id>/", intake_runs.intake_page, name="intake"),
    path("intake/<int:intake_id>/columns/", intake.columns, name="intake_columns"),
    path("intake/<int:intake_id>/words/", intake.words, name="intake_words"),
    path("intake/<int:intake_id>/back/", intake.back, name="intake_back"),
    path("intake/<int:intake_id>/again/", intake.again, name="intake_again"),
    path("intake/<int:intake_id>/start/", intake.start, name="intake_start"),
    path("intake/<int:intake_id>/discard/", intake.discard, name="intake_discard"),
    path("intake/<int:intake_id>/cancel/", intake_runs.cancel, name="intake_cancel"),
    path("intake/<int:intake_id>/resume/", intake_runs.resume, name="intake_resume"),
    path("intake/<int:intake_id>/undo/", intake_runs.undo, name="intake_undo"),
    path("intake/<int:intake_id>/report/", intake_runs.report, name="intake_report"),
    path(
        "intake/<int:intake_id>/rows/<slug:what>/<slug:form>/",
        intake_runs.rows_file,
        name="intake_rows",
    ),
]

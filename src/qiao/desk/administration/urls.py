"""Addresses of the administration."""

from django.urls import path

from qiao.desk.administration import (
    backups,
    codes,
    corrections,
    decisions,
    disclosures,
    home,
    jobs,
    parameters,
    problems,
    retention,
    trail_views,
)

app_name = "administration"
urlpatterns = [
    path("", home.home, name="home"),
    path("parameters/", parameters.parameter_list, name="parameters"),
    path("parameters/<str:key>/", parameters.parameter_page, name="parameter"),
    path("retention/", retention.retention_page, name="retention"),
    path("backups/", backups.backup_list, name="backups"),
    path("backups/now/", backups.backup_now, name="backup_now"),
    path("backups/<int:backup_id>/test/", backups.backup_test, name="backup_test"),
    path("codes/", codes.code_list, name="codes"),
    path("codes/<str:key>/", codes.code_table, name="code_table"),
    path("codes/<str:key>/add/<str:action_key>/", codes.code_add, name="code_add"),
    path("codes/<str:key>/at/<str:row_key>/", codes.code_row, name="code_row"),
    path(
        "codes/<str:key>/at/<str:row_key>/<str:action_key>/",
        codes.code_action,
        name="code_action",
    ),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job_page, name="job"),
    path("problems/", problems.problem_list, name="problems"),
    path("problems/export/", problems.problem_export, name="problem_export"),
    path("problems/<int:problem_id>/", problems.problem_page, name="problem"),
    path("decisions/", decisions.decision_list, name="decisions"),
    path("decisions/<int:approval_id>/", decisions.decision_page, name="decision"),
    path("corrections/", corrections.correction_list, name="corrections"),
    path("corrections/new/", corrections.correction_new, name="correction_new"),
    path("corrections/export/", corrections.correction_export, name="correction_export"),
    path("corrections/<str:key>/<int:record_id>/", corrections.correct, name="correct"),
    path("changes/", trail_views.trail, name="trail"),
    path(
        "changes/customers/<int:customer_id>/", trail_views.customer_trail, name="customer_trail"
    ),
    path("disclosures/", disclosures.disclosure_list, name="disclosures"),
    path("disclosures/export/", disclosures.disclosure_export, name="disclosure_export"),
]

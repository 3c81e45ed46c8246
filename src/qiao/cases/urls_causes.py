"""Addresses of causes: coding a case, and the pages about why cases arise."""

from django.urls import path

from qiao.cases.views import cause_ranking, causes

urlpatterns = [
    path("causes", cause_ranking.ranking, name="causes"),
    path("causes/workbook", cause_ranking.workbook, name="cause_workbook"),
    path("causes/suggestions", cause_ranking.suggestions, name="cause_suggestions"),
    path("<int:case_id>/cause", causes.code, name="cause"),
    path("<int:case_id>/cause/choices", causes.choices, name="cause_choices"),
    path("<int:case_id>/suspicion", causes.suspect, name="suspicion"),
]

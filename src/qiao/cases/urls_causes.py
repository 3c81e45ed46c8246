"""Addresses of causes: coding a case, and the pages about why cases arise."""

from django.urls import path

from qiao.cases.views import causes

urlpatterns = [
    path("<int:case_id>/cause", causes.code, name="cause"),
    path("<int:case_id>/cause/choices", causes.choices, name="cause_choices"),
    path("<int:case_id>/suspicion", causes.suspect, name="suspicion"),
]

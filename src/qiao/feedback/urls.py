"""Addresses of the feedback module."""

from django.urls import include, path

from qiao.feedback.views import follow_ups as views
from qiao.feedback.views import satisfaction

app_name = "feedback"
urlpatterns = [
    path("suggestions/", include("qiao.feedback.urls_suggestions")),
    path("surveys/", include("qiao.feedback.urls_surveys")),
    path("improvements/", include("qiao.feedback.urls_improvements")),
    path("quality/", include("qiao.feedback.urls_quality")),
    path("satisfaction", satisfaction.page, name="satisfaction"),
    path("satisfaction.xlsx", satisfaction.workbook, name="satisfaction_workbook"),
    path("", views.index, name="list"),
    path("<int:follow_up_id>/", views.detail, name="detail"),
    path("<int:follow_up_id>/pane", views.pane, name="pane"),
    path("<int:follow_up_id>/confirm", views.confirm, name="confirm"),
    path("<int:follow_up_id>/attempts", views.attempt, name="attempt"),
    path("<int:follow_up_id>/take", views.take, name="take"),
]

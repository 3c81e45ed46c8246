"""Addresses of suggestions inside the house."""

from django.urls import path

from qiao.feedback.views import suggesting, suggestions

urlpatterns = [
    path("", suggestions.index, name="suggestions"),
    path("report", suggestions.report, name="suggestion_report"),
    path("paper", suggesting.paper, name="suggestion_paper"),
    path("of-case/<int:case_id>", suggesting.of_case, name="suggestion_of_case"),
    path("<int:suggestion_id>/", suggestions.detail, name="suggestion"),
    path("<int:suggestion_id>/screen", suggesting.screen, name="suggestion_screen"),
    path("<int:suggestion_id>/decide", suggesting.decide, name="suggestion_decide"),
    path("<int:suggestion_id>/answer", suggesting.answer, name="suggestion_answer"),
    path("<int:suggestion_id>/join", suggesting.join, name="suggestion_join"),
    path("<int:suggestion_id>/part", suggesting.part, name="suggestion_part"),
]

"""Addresses of improvements."""

from django.urls import path

from qiao.feedback.views import improvements, improving

urlpatterns = [
    path("", improvements.index, name="improvements"),
    path("new", improving.new, name="improvement_new"),
    path("<int:improvement_id>/", improvements.detail, name="improvement"),
    path("<int:improvement_id>/action", improving.plan, name="improvement_plan"),
    path("<int:improvement_id>/effect", improving.effect, name="improvement_effect"),
    path("<int:improvement_id>/measure", improving.remeasure, name="improvement_measure"),
    path("<int:improvement_id>/tell", improving.tell, name="improvement_tell"),
    path("<int:improvement_id>/told/<int:case_id>", improving.told, name="improvement_told"),
    path("<int:improvement_id>/close", improving.close, name="improvement_close"),
    path("<int:improvement_id>/drop", improving.drop, name="improvement_drop"),
    path("<int:improvement_id>/owner", improving.give, name="improvement_owner"),
]

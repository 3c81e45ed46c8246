"""Addresses of risk: alarms, and deciding on them."""

from django.urls import path

from qiao.cases.views import risk

urlpatterns = [
    path("risk", risk.alarms, name="alarms"),
    path("<int:case_id>/risk/acknowledge", risk.acknowledge, name="acknowledge_risk"),
    path("<int:case_id>/risk/<int:risk_id>/refuse", risk.refuse, name="refuse_risk"),
]

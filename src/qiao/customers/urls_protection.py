"""Addresses of protections."""

from django.urls import path

from qiao.customers.views import protection

urlpatterns = [
    path("protection/", protection.work, name="protection_work"),
    path("<int:customer_id>/protection/", protection.claim, name="protection_claim"),
    path(
        "protection/<int:protection_id>/evidence/", protection.confirm, name="protection_confirm"
    ),
    path("protection/<int:protection_id>/remind/", protection.remind, name="protection_remind"),
    path("protection/<int:protection_id>/end/", protection.end, name="protection_end"),
]

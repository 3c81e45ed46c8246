"""Addresses of stale numbers."""

from django.urls import path

from qiao.customers.views import numbers

urlpatterns = [
    path("numbers/", numbers.number_list, name="numbers"),
    path("<int:customer_id>/phones/<int:phone_id>/", numbers.number_change, name="number_change"),
]

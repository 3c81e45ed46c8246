"""Addresses of notes, wishes and consents."""

from django.urls import path

from qiao.customers.views import care

urlpatterns = [
    path("<int:customer_id>/notes/", care.notes, name="notes"),
    path("<int:customer_id>/notes/new/", care.note_add, name="note_add"),
    path("<int:customer_id>/notes/<int:note_id>/", care.note_edit, name="note_edit"),
    path("<int:customer_id>/notes/<int:note_id>/pin/", care.note_pin, name="note_pin"),
    path("<int:customer_id>/wishes/", care.preferences, name="preferences"),
    path("<int:customer_id>/consent/", care.consent, name="consent"),
    path("<int:customer_id>/consents/", care.consents, name="consents"),
]

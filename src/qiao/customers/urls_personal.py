"""Addresses of what law asks about a person."""

from django.urls import path

from qiao.customers.views import holds, personal

urlpatterns = [
    path("<int:customer_id>/hold/", holds.hold_place, name="hold_place"),
    path("<int:customer_id>/hold/release/", holds.hold_release, name="hold_release"),
    path("erasures/", personal.erasures, name="erasures"),
    path("erasures/<int:erasure_id>/", personal.erasure, name="erasure"),
    path("erasures/<int:erasure_id>/decide/", personal.erasure_decide, name="erasure_decide"),
    path("<int:customer_id>/erase/", personal.erase, name="erase"),
    path("<int:customer_id>/subject-access/", personal.subject_access, name="subject_access"),
    path(
        "<int:customer_id>/subject-access/<int:export_id>/",
        personal.subject_access_take,
        name="subject_access_take",
    ),
]

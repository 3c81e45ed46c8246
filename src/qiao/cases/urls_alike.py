"""Addresses of common causes."""

from django.urls import path

from qiao.cases.views import alike, alike_proposals

urlpatterns = [
    path("alike/", alike.index, name="alike"),
    path("alike/<int:case_id>/", alike.page, name="alike_page"),
    path("alike/<int:case_id>/expect", alike.expect, name="alike_expect"),
    path("alike/<int:case_id>/tell", alike.tell_all, name="alike_tell"),
    path("alike/<int:case_id>/end", alike.end, name="alike_end"),
    path("alike/<int:case_id>/add", alike.add, name="alike_add"),
    path("alike/proposals/<int:proposal_id>/take", alike_proposals.take, name="alike_take"),
    path(
        "alike/proposals/<int:proposal_id>/dismiss", alike_proposals.dismiss, name="alike_dismiss"
    ),
    path("<int:case_id>/alike", alike.make, name="alike_make"),
    path("<int:case_id>/alike/<int:parent_id>", alike.join, name="alike_join"),
    path("<int:case_id>/alike/leave", alike.leave, name="alike_leave"),
    path("<int:case_id>/alike/back", alike.back, name="alike_back"),
]

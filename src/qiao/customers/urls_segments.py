"""Addresses of segments."""

from django.urls import path

from qiao.customers.views import segments

urlpatterns = [
    path("", segments.segment_list, name="segments"),
    path("new/", segments.segment_new, name="segment_new"),
    path("draft/", segments.segment_draft, name="segment_draft"),
    path("preview/", segments.segment_preview, name="segment_preview"),
    path("counts/", segments.segment_count_new, name="segment_count_new"),
    path("counts/<int:count_id>/", segments.segment_count, name="segment_count"),
    path("<int:segment_id>/", segments.segment_page, name="segment"),
    path("<int:segment_id>/moves/", segments.segment_moves, name="segment_moves"),
    path("<int:segment_id>/edit/", segments.segment_edit, name="segment_edit"),
    path("<int:segment_id>/archive/", segments.segment_archive, name="segment_archive"),
    path("<int:segment_id>/restore/", segments.segment_restore, name="segment_restore"),
]

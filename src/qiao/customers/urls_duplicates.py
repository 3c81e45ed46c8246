"""Addresses of duplicates and merging."""

from django.urls import path

from qiao.customers.views import duplicates, merging

urlpatterns = [
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("duplicates/search/", duplicates.search_state, name="duplicate_search"),
    path("duplicates/search/start/", duplicates.search_start, name="duplicate_search_start"),
    path("duplicates/<int:duplicate_id>/dismiss/", duplicates.dismiss, name="duplicate_dismiss"),
    path("duplicates/<int:duplicate_id>/reopen/", duplicates.reopen, name="duplicate_reopen"),
    path("merge/<int:one>/<int:other>/", merging.merge_page, name="merge"),
    path("merged/<int:merged_id>/undo/", merging.merge_undo, name="merge_undo"),
    path("<int:customer_id>/merge/", merging.merge_with, name="merge_with"),
]

"""Addresses of tags."""

from django.urls import path

from qiao.customers.views import customer_tags, picked_tags, tags

urlpatterns = [
    path("tags/", tags.tag_list, name="tags"),
    path("tags/runs/", tags.tag_runs, name="tag_runs"),
    path("tags/new/", tags.tag_new, name="tag_new"),
    path("tags/<int:tag_id>/", tags.tag_edit, name="tag_edit"),
    path("tags/<int:tag_id>/retire/", tags.tag_retire, name="tag_retire"),
    path("tags/<int:tag_id>/restore/", tags.tag_restore, name="tag_restore"),
    path("tags/<int:tag_id>/merge/", tags.tag_merge, name="tag_merge"),
    path("tag/", picked_tags.tag_picked, name="tag_picked"),
    path("segments/<int:segment_id>/tag/", tags.segment_tag, name="segment_tag"),
    path("<int:customer_id>/tags/", customer_tags.customer_tags, name="customer_tags"),
    path(
        "<int:customer_id>/tags/choices/",
        customer_tags.customer_tag_choices,
        name="customer_tag_choices",
    ),
]

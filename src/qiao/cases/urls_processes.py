"""Addresses of the design of processes."""

from django.urls import path

from qiao.cases.views import drafts, processes, publishing, trying

urlpatterns = [
    path("", processes.process_list, name="processes"),
    path("forms/", processes.form_list, name="forms"),
    path("drafts/<int:draft_id>/", drafts.editor, name="process_draft"),
    path("drafts/<int:draft_id>/part", drafts.part, name="process_part"),
    path("drafts/<int:draft_id>/add", drafts.add, name="process_add"),
    path("drafts/<int:draft_id>/remove", drafts.remove, name="process_remove"),
    path("drafts/<int:draft_id>/move", drafts.move, name="process_move"),
    path("drafts/<int:draft_id>/compare", drafts.compare, name="process_compare"),
    path("drafts/<int:draft_id>/try", trying.try_draft, name="process_try"),
    path("drafts/<int:draft_id>/publish", publishing.publish, name="process_publish"),
    path("drafts/<int:draft_id>/take-back", publishing.take_back, name="process_take_back"),
    path("drafts/<int:draft_id>/drop", publishing.drop, name="process_drop"),
    path("drafts/<int:draft_id>/restore", publishing.restore, name="process_restore"),
    path("<str:key>/", processes.process_page, name="process"),
    path("<str:key>/begin", processes.begin, name="process_begin"),
    path("<str:key>/versions/<int:version>/", processes.version_page, name="process_version"),
    path("<str:key>/versions/<int:version>/keep", processes.keep, name="process_keep"),
    path("<str:key>/versions/<int:version>/withdraw", processes.withdraw, name="process_withdraw"),
]

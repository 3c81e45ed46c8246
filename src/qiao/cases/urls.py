"""Addresses of the cases module."""

from django.urls import include, path

from qiao.cases import urls_lists
from qiao.cases.views import acting, editing, export, lists, opening, page, pane, talking

app_name = "cases"
urlpatterns = [
    path("", include("qiao.cases.urls_risk")),
    path("", include("qiao.cases.urls_writing")),
    path("", include("qiao.cases.urls_hotline")),
    path("", include("qiao.cases.urls_complaints")),
    path("", lists.index, name="list"),
    path("", include("qiao.cases.urls_clocks")),
    path("filters", lists.filter_form, name="filters"),
    *urls_lists.urlpatterns,
    path("export", export.export, name="export"),
    path("", include("qiao.cases.urls_causes")),
    path("new", opening.new, name="new"),
    path("new/form", opening.reshape, name="reshape"),
    path("new/types", opening.types, name="types"),
    path("", include("qiao.cases.urls_joining")),
    path("", include("qiao.cases.urls_alike")),
    path("processes/", include("qiao.cases.urls_processes")),
    path("<int:case_id>/", page.show, name="detail"),
    path("<int:case_id>/<slug:way>-of-list", page.beside, name="beside"),
    path("<int:case_id>/pane", pane.pane, name="pane"),
    path("<int:case_id>/live", page.live, name="live"),
    path("<int:case_id>/feed", page.feed, name="feed"),
    path("<int:case_id>/clocks", page.clocks, name="clocks"),
    path("<int:case_id>/here", page.here, name="here"),
    path("<int:case_id>/drafts/<slug:box>", page.draft, name="draft"),
    path("<int:case_id>/request", editing.request_card, name="request"),
    path("<int:case_id>/edit", editing.edit, name="edit"),
    path("<int:case_id>/conflict", editing.conflict, name="conflict"),
    path("<int:case_id>/settle", editing.settle, name="settle"),
    path("<int:case_id>/actions/<slug:action>", acting.act, name="act"),
    path("<int:case_id>/chase", acting.chase, name="chase"),
    path("<int:case_id>/escalate", acting.escalate, name="escalate"),
    path("<int:case_id>/pause", acting.pause, name="pause"),
    path("<int:case_id>/resume", acting.resume, name="resume"),
    path("<int:case_id>/take", acting.take_over, name="take"),
    path("<int:case_id>/transfer", acting.transfer, name="transfer"),
    path("<int:case_id>/assign", acting.assign, name="assign"),
    path("<int:case_id>/priority", acting.priority, name="priority"),
    path("<int:case_id>/links", acting.link, name="link"),
    path("<int:case_id>/notes", talking.note, name="note"),
    path("<int:case_id>/entries/<int:seq>/withdraw", talking.withdraw, name="withdraw"),
    path("<int:case_id>/answers", talking.answer, name="answer"),
    path("", include("qiao.cases.urls_replies")),
    path("<int:case_id>/files", talking.attach, name="attach"),
    path("<int:case_id>/files/<int:attachment_id>", talking.download, name="file"),
]

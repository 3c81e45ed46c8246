"""Addresses of the dispatch module."""

from django.urls import path

from qiao.dispatch.views import board, completing, phone

app_name = "dispatch"
urlpatterns = [
    path("", phone.today, name="today"),
    path("board/", board.board, name="board"),
    path("<int:work_order_id>/", phone.show, name="detail"),
    path("<int:work_order_id>/assign", board.assign, name="assign"),
    path("<int:work_order_id>/complete", completing.complete, name="complete"),
    path("<int:work_order_id>/progress", completing.progress, name="progress"),
    path("<int:work_order_id>/do/<slug:verb>", phone.act, name="act"),
    path("<int:work_order_id>/pictures/<int:attachment_id>", completing.picture, name="picture"),
]

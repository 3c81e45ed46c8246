"""Addresses of the files of a case."""

from django.urls import path

from qiao.cases.views import files

urlpatterns = [
    path("<int:case_id>/files", files.attach, name="attach"),
    path("<int:case_id>/files/all", files.more, name="files"),
    path("<int:case_id>/files/dropped", files.drop, name="drop"),
    path("<int:case_id>/files/<int:attachment_id>", files.download, name="file"),
    path("<int:case_id>/files/<int:attachment_id>/look", files.look, name="file_look"),
    path("<int:case_id>/files/<int:attachment_id>/small", files.small, name="file_small"),
    path("<int:case_id>/files/<int:attachment_id>/remove", files.remove, name="file_remove"),
]

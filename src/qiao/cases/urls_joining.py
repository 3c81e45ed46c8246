"""Addresses of merging, splitting and undoing."""

from django.urls import path

from qiao.cases.views import joining

urlpatterns = [
    path("<int:case_id>/merge", joining.merge, name="merge"),
    path("<int:case_id>/unmerge", joining.unmerge, name="unmerge"),
    path("<int:case_id>/split", joining.split, name="split"),
    path("<int:case_id>/tell", joining.tell, name="tell_merged"),
    path("<int:case_id>/entries/<int:seq>/undo", joining.undo, name="undo"),
    path("<int:case_id>/links/<int:link_id>/remove", joining.unlink, name="unlink"),
]

"""Addresses of the sub-tasks of a case."""

from django.urls import path

from qiao.cases.views import subtasks

urlpatterns = [
    path("<int:case_id>/subtasks/add", subtasks.add, name="subtask_add"),
    path("<int:case_id>/subtasks/<int:subtask_id>/change", subtasks.change, name="subtask_change"),
    path("<int:case_id>/subtasks/<int:subtask_id>/done", subtasks.finish, name="subtask_done"),
    path("<int:case_id>/subtasks/<int:subtask_id>/drop", subtasks.drop, name="subtask_drop"),
    path("<int:case_id>/subtasks/<int:subtask_id>/reopen", subtasks.reopen, name="subtask_reopen"),
]

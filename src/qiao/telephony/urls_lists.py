"""Addresses of lists of calls."""

from django.urls import path

from qiao.telephony.views import call_lists, list_work

urlpatterns = [
    path("", call_lists.index, name="call_lists"),
    path("new", call_lists.new, name="new_call_list"),
    path("<int:list_id>/", call_lists.show, name="call_list"),
    path("<int:list_id>/turn/<slug:state>", call_lists.turn, name="turn_call_list"),
    path("<int:list_id>/file", call_lists.take, name="take_call_list"),
    path("<int:list_id>/work", list_work.work, name="work_call_list"),
    path("<int:list_id>/next", list_work.advance, name="next_in_call_list"),
    path("entries/<int:entry_id>/call", list_work.call, name="call_entry"),
    path("entries/<int:entry_id>/result/<slug:code>", list_work.result, name="code_entry"),
    path("entries/<int:entry_id>/later", list_work.later, name="call_entry_later"),
    path("entries/<int:entry_id>/back", list_work.back, name="give_back_entry"),
    path("entries/<int:entry_id>/put-back", call_lists.put_back, name="put_back_entry"),
]

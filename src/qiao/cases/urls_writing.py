"""Addresses of writing on a case: what is offered while one types."""

from django.urls import path

from qiao.cases.views import checklists, macros, printing, writing

urlpatterns = [
    path("<int:case_id>/print", printing.print_case, name="print"),
    path("checklists/", checklists.index, name="checklists"),
    path("checklists/new/", checklists.new, name="checklist_new"),
    path("checklists/<int:checklist_id>/", checklists.edit, name="checklist_edit"),
    path("checklists/<int:checklist_id>/retire/", checklists.retire, name="checklist_retire"),
    path("<int:case_id>/checks/<int:checklist_id>/<slug:item>", checklists.check, name="check"),
    path("macros/", macros.index, name="macros"),
    path("macros/new/", macros.new, name="macro_new"),
    path("macros/<int:macro_id>/", macros.edit, name="macro_edit"),
    path("macros/<int:macro_id>/retire/", macros.retire, name="macro_retire"),
    path("<int:case_id>/macros", macros.offered, name="macro_menu"),
    path("<int:case_id>/macros/<int:macro_id>", macros.macro, name="macro"),
    path("<int:case_id>/pick/<slug:kind>", writing.pick, name="pick"),
    path("<int:case_id>/texts/<int:text_id>/used", writing.text_used, name="text_used"),
    path(
        "<int:case_id>/articles/<int:article_id>/used", writing.article_used, name="article_used"
    ),
]

"""Addresses of kept views, and of what is set aside."""

from django.urls import path

from qiao.cases.views import bulk, kept, setting_aside

urlpatterns = [
    path("bulk/<slug:what>", bulk.ask, name="bulk"),
    path("bulk/<slug:what>/foresee", bulk.foresee, name="bulk_foresee"),
    path("bulk/runs/<int:run_id>/", bulk.show, name="bulk_run"),
    path("bulk/runs/<int:run_id>/start", bulk.start, name="bulk_start"),
    path("bulk/runs/<int:run_id>/cancel", bulk.cancel, name="bulk_cancel"),
    path("bulk/runs/<int:run_id>/undo", bulk.undo, name="bulk_undo"),
    path("columns", kept.columns, name="columns"),
    path("views", kept.save_view, name="save_view"),
    path("views/kept", kept.views, name="views"),
    path("views/counts", kept.view_counts, name="view_counts"),
    path("views/places", kept.place_views, name="place_views"),
    path("views/<int:view_id>/keep", kept.keep_view, name="keep_view"),
    path("views/<int:view_id>/change", kept.change_view, name="change_view"),
    path("views/<int:view_id>/copy", kept.copy_view, name="copy_view"),
    path("views/<int:view_id>/drop", kept.drop_view, name="drop_view"),
    path("views/<int:view_id>/take-back", kept.take_back_view, name="take_back_view"),
    path("<int:case_id>/snooze", setting_aside.snooze, name="snooze"),
    path("<int:case_id>/unsnooze", setting_aside.unsnooze, name="unsnooze"),
    path("<int:case_id>/unread", setting_aside.unread, name="unread"),
]

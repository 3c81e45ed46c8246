"""Addresses of files that come in and lists that go out."""

from django.urls import path

from qiao.customers.views import exports, importing, imports

urlpatterns = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", importing.upload, name="import_new"),
    path("imports/files/<int:file_id>/", importing.file_page, name="import_file"),
    path("imports/files/<int:file_id>/columns/", importing.file_columns, name="import_columns"),
    path("imports/files/<int:file_id>/back/", importing.file_back, name="import_back"),
    path("imports/files/<int:file_id>/again/", importing.file_again, name="import_again"),
    path("imports/files/<int:file_id>/start/", importing.file_start, name="import_start"),
    path("imports/files/<int:file_id>/discard/", importing.file_discard, name="import_discard"),
    path("imports/<int:import_id>/", imports.import_page, name="import"),
    path("imports/<int:import_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:import_id>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<int:import_id>/undo/", imports.import_undo, name="import_undo"),
    path(
        "imports/<int:import_id>/refused/<slug:form>/",
        imports.import_refused,
        name="import_refused",
    ),
    path(
        "imports/<int:import_id>/differing/<slug:form>/",
        imports.import_differing,
        name="import_differing",
    ),
    path("exports/new/", exports.export_new, name="export_new"),
]

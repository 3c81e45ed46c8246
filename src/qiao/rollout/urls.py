"""Addresses of introducing."""

from django.urls import path

from qiao.rollout.views import effect, matrix, pilots, remarks

app_name = "rollout"
urlpatterns = [
    path("", matrix.index, name="index"),
    path("features/<str:key>/", matrix.feature_page, name="feature"),
    path("features/<str:key>/steps", matrix.steps, name="steps"),
    path("features/<str:key>/units/<int:unit_id>", matrix.switch_unit, name="switch"),
    path("pilots/", pilots.index, name="pilots"),
    path("pilots/new", pilots.new, name="pilot_new"),
    path("pilots/<int:pilot_id>/", pilots.show, name="pilot"),
    path("pilots/<int:pilot_id>/evaluation", pilots.evaluate, name="pilot_evaluate"),
    path("pilots/<int:pilot_id>/decision", pilots.decide, name="pilot_decide"),
    path("effect/", effect.effect, name="effect"),
    path("effect/workbook", effect.effect_file, name="effect_file"),
    path("say", remarks.tell, name="say"),
    path("said", remarks.own, name="own_remarks"),
]

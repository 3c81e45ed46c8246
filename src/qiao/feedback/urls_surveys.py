"""Addresses of surveys."""

from django.urls import path

from qiao.feedback.views import survey_calls, survey_waves, surveying, surveys

urlpatterns = [
    path("", surveys.index, name="surveys"),
    path("new", surveying.new, name="survey_new"),
    path("calls/", survey_calls.index, name="survey_calls"),
    path("calls/<int:call_id>/", survey_calls.show, name="survey_call"),
    path("calls/<int:call_id>/note", survey_calls.note, name="survey_call_note"),
    path("<int:survey_id>/", surveys.detail, name="survey"),
    path("<int:survey_id>/change", surveying.change, name="survey_change"),
    path("<int:survey_id>/archive", surveying.archive, name="survey_archive"),
    path("<int:survey_id>/questions/new", surveying.question_new, name="survey_question_new"),
    path("<int:survey_id>/questions/<slug:key>", surveying.question, name="survey_question"),
    path(
        "<int:survey_id>/questions/<slug:key>/drop",
        surveying.question_drop,
        name="survey_question_drop",
    ),
    path("<int:survey_id>/draw", surveying.draw, name="survey_draw"),
    path("waves/<int:wave_id>/", survey_waves.wave, name="survey_wave"),
    path("waves/<int:wave_id>/words", survey_waves.words, name="survey_words"),
    path("waves/<int:wave_id>/send", surveying.send, name="survey_send"),
    path("waves/<int:wave_id>/discard", surveying.discard, name="survey_discard"),
    path("waves/<int:wave_id>/close", surveying.close, name="survey_close"),
]

"""Addresses of quality: evaluations, figures, coaching, plans, score cards."""

from django.urls import path

from qiao.feedback.views import coaching, judging, quality, quality_figures, quality_plans

urlpatterns = [
    path("", quality.index, name="quality"),
    path("mine", quality.mine, name="quality_mine"),
    path("figures", quality_figures.page, name="quality_figures"),
    path("figures.xlsx", quality_figures.workbook, name="quality_workbook"),
    path("counted", quality_figures.counted, name="quality_counted"),
    path("coaching/", coaching.index, name="coachings"),
    path("coaching/<int:coaching_id>/done", coaching.done, name="coaching_done"),
    path("plans/", quality_plans.plans, name="quality_plans"),
    path("plans/new", quality_plans.new_plan, name="quality_plan_new"),
    path("plans/<int:plan_id>/end", quality_plans.stop_plan, name="quality_plan_end"),
    path("draws/<int:draw_id>/", quality_plans.draw, name="quality_draw"),
    path("cards/<int:card_id>/", quality_plans.card_page, name="score_card"),
    path("cards/<int:card_id>/change", quality_plans.card_change, name="score_card_change"),
    path("replay/<slug:kind>/<int:subject_id>/", quality.replay, name="replay"),
    path("<int:evaluation_id>/", quality.detail, name="evaluation"),
    path("<int:evaluation_id>/draft", judging.draft, name="evaluation_draft"),
    path("<int:evaluation_id>/finish", judging.finish, name="evaluation_finish"),
    path("<int:evaluation_id>/release", judging.release, name="evaluation_release"),
    path("<int:evaluation_id>/seen", judging.acknowledge, name="evaluation_seen"),
    path("<int:evaluation_id>/appeal", judging.appeal, name="evaluation_appeal"),
    path("<int:evaluation_id>/decide", judging.decide, name="evaluation_decide"),
    path("<int:evaluation_id>/drop", coaching.drop, name="evaluation_drop"),
    path("<int:evaluation_id>/coach", coaching.new, name="evaluation_coach"),
]

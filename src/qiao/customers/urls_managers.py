"""Addresses of customer managers, their portfolios and visits."""

from django.urls import path

from qiao.customers.views import assigning, managers, portfolio, visits

urlpatterns = [
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/visits/", portfolio.calendar, name="calendar"),
    path("managers/", managers.managers, name="managers"),
    path("managers/assign/", assigning.assign_many, name="assign_many"),
    path("managers/<int:manager_id>/hand-over/", managers.hand_over, name="hand_over"),
    path("hand-overs/<int:hand_over_id>/", managers.hand_over_page, name="hand_over_page"),
    path("visits/<int:visit_id>/", visits.visit, name="visit"),
    path("<int:customer_id>/manager/", managers.assign_one, name="assign_one"),
    path("<int:customer_id>/manager/end/", managers.end_one, name="end_one"),
    path("<int:customer_id>/visits/", visits.visits, name="visits"),
    path("<int:customer_id>/visits/rhythm/", visits.visit_plan, name="visit_plan"),
    path("<int:customer_id>/visits/new/", visits.visit_new, name="visit_new"),
    path("<int:customer_id>/visits/record/", visits.visit_record, name="visit_record"),
    path("<int:customer_id>/visits/move/", visits.visit_move, name="visit_move"),
    path("<int:customer_id>/visits/skip/", visits.visit_skip, name="visit_skip"),
]

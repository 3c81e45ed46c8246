"""Addresses of the contact module."""

from django.urls import path

from qiao.contact.views import entering, opening, reading, standing, taking

app_name = "contact"
urlpatterns = [
    path("", reading.index, name="list"),
    path("new/phone/", entering.new, {"channel": "phone"}, name="new_phone"),
    path("new/counter/", entering.new, {"channel": "counter"}, name="new_counter"),
    path("new/letter/", entering.new, {"channel": "letter"}, name="new_letter"),
    path("new/email/", entering.new, {"channel": "email"}, name="new_email"),
    path("new/visit/", entering.new, {"channel": "visit"}, name="new_visit"),
    path("standing/on", standing.turn_on, name="on"),
    path("standing/off", standing.turn_off, name="off"),
    path("standing/ready", standing.be_ready, name="ready"),
    path("standing/break", standing.rest, name="rest"),
    path("<int:interaction_id>/", reading.detail, name="detail"),
    path("<int:interaction_id>/pane", taking.show_pane, name="pane"),
    path("<int:interaction_id>/head", taking.show_head, name="head"),
    path("<int:interaction_id>/draft", taking.keep_draft, name="draft"),
    path("<int:interaction_id>/refresh", taking.refresh, name="refresh"),
    path("<int:interaction_id>/matter", taking.matter, name="matter"),
    path("<int:interaction_id>/people", taking.find_person, name="people"),
    path("<int:interaction_id>/customer", taking.identify, name="identify"),
    path("<int:interaction_id>/customer/new", taking.enrol, name="enrol"),
    path("<int:interaction_id>/unknown", taking.unknown, name="unknown"),
    path("<int:interaction_id>/caller", taking.describe, name="describe"),
    path("<int:interaction_id>/end", taking.end, name="end"),
    path("<int:interaction_id>/finish", taking.finish, name="finish"),
    path("<int:interaction_id>/abandon", taking.abandon, name="abandon"),
    path("<int:interaction_id>/reopen", taking.reopen, name="reopen"),
    path("<int:interaction_id>/take", taking.take, name="take"),
    path("<int:interaction_id>/case", opening.open_here, name="case"),
    path("<int:interaction_id>/case/form", opening.reshape_here, name="case_form"),
    path("<int:interaction_id>/side", opening.renew_side, name="side"),
    path("<int:interaction_id>/case/draft", opening.keep_here, name="case_draft"),
    path("<int:interaction_id>/cases/<int:case_id>", taking.continue_case, name="continue_case"),
]

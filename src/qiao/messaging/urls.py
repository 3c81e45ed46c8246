"""Addresses of the messaging module."""

from django.urls import path

from qiao.messaging.views import addresses, notices, outbox, printing

app_name = "messaging"
urlpatterns = [
    path("", outbox.show, name="outbox"),
    path("try-again", outbox.try_again, name="try_again"),
    path("<int:message_id>/", outbox.message, name="message"),
    path("<int:message_id>/letter.pdf", outbox.letter_pdf, name="letter_pdf"),
    path("<int:message_id>/again", outbox.again, name="again"),
    path("<int:message_id>/cancel", outbox.cancel, name="cancel"),
    path("<int:message_id>/arrival", outbox.arrival, name="arrival"),
    path("letters/", printing.queue, name="printing"),
    path("letters/of/<int:organisation_id>", printing.batch_make, name="batch_make"),
    path("letters/<int:batch_id>/print", printing.batch_print, name="batch_print"),
    path("letters/<int:batch_id>/posted", printing.batch_posted, name="batch_posted"),
    path("letters/<int:batch_id>/dissolve", printing.batch_dissolve, name="batch_dissolve"),
    path("of/<int:customer_id>/addresses/add", addresses.email_add, name="email_add"),
    path(
        "of/<int:customer_id>/addresses/<int:email_id>",
        addresses.email_change,
        name="email_change",
    ),
    path("texts/", notices.index, name="notices"),
    path("texts/<int:organisation_id>/<slug:occasion>", notices.notice, name="notice"),
]

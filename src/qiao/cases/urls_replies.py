"""Addresses of answers that are sent."""

from django.urls import path

from qiao.cases.views import public, replying

urlpatterns = [
    path("<int:case_id>/public-link", public.link, name="public_link"),
    path("<int:case_id>/replies", replying.reply, name="reply"),
    path("<int:case_id>/replies/look", replying.look, name="reply_look"),
    path("<int:case_id>/replies/draft.pdf", replying.draft_pdf, name="reply_pdf"),
    path("<int:case_id>/replies/draft-<int:page>.png", replying.draft_page, name="reply_page"),
    path("<int:case_id>/replies/<int:seq>/undo", replying.undo, name="reply_undo"),
    path("<int:case_id>/messages/<int:message_id>", replying.sent, name="message"),
    path("<int:case_id>/messages/<int:message_id>.pdf", replying.sent_pdf, name="message_pdf"),
]

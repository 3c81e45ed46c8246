"""``{% load messages_ui %}``: what templates say about messages."""

from django import template
from django.utils.safestring import SafeString

from qiao.core.rules.masks import mask_address, mask_email
from qiao.core.ui import marks
from qiao.messaging.models import Message
from qiao.messaging.words import CAUSES, REASONS, TO_DO, TONES, kind_label

register = template.Library()
BADGES = {"info": "", "ok": "ok", "bad": "bad", "warn": "warn", "mute": "line"}
ATTEMPTS = {
    "begun": ("arrow-right", "mute"),
    "accepted": ("check", "ok"),
    "deferred": ("clock", "warn"),
    "refused": ("alert-triangle", "bad"),
    "unknown": ("help-circle", "warn"),
    "cancelled": ("x", "mute"),
    "again": ("refresh", "info"),
    "printed": ("printer", "info"),
    "posted": ("mailbox", "ok"),
    "returned": ("alert-triangle", "bad"),
}


@register.filter
def masked_email(address: str) -> str:
    """An e-mail address of which only the beginning and the domain are shown."""
    return mask_email(address) if address else ""


@register.filter
def masked_place(address: str) -> str:
    """A postal address without its last parts."""
    return mask_address(address) if address else ""


@register.filter
def kind_words(kind: str) -> str:
    """The occasion of a message."""
    return str(kind_label(kind))


@register.filter
def reason_words(reason: str) -> str:
    """Why a message was not sent."""
    return str(REASONS.get(reason, reason))


@register.filter
def cause_words(cause: str) -> str:
    """What is wrong with a channel."""
    return str(CAUSES.get(cause, cause))


@register.filter
def cause_to_do(cause: str) -> str:
    """What to do about it."""
    return str(TO_DO.get(cause, ""))


@register.filter
def attempt_icon(what: str) -> str:
    """The icon of one thing that was done."""
    return ATTEMPTS[what][0]


@register.filter
def attempt_tone(what: str) -> str:
    """Its tone."""
    return ATTEMPTS[what][1]


@register.simple_tag
def message_badge(state: str) -> SafeString:
    """The state of a message."""
    return marks.badge(Message.State(state).label, BADGES[TONES[state]])

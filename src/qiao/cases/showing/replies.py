"""Answers that are sent, in words: by which ways they can go, and what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from qiao.cases.models import Case
from qiao.core.rules.masks import mask_address, mask_email
from qiao.core.rules.texts import language_key
from qiao.messaging.operations import Reach, reach
from qiao.messaging.queries import MessageState, message_states

CHANNELS: Final = {
    "email": (pgettext_lazy("message channel", "Email"), "mail"),
    "letter": (pgettext_lazy("message channel", "Letter"), "mailbox"),
}
REFUSALS: Final = {
    "no_address": gettext_lazy("No address is known: type one."),
    "doubtful": gettext_lazy("The mail server refused this address. Confirm it, or type another."),
    "no_consent": gettext_lazy("The customer does not want to be told on this channel."),
    "erased": gettext_lazy("The customer was erased."),
    "too_many": gettext_lazy("Too many messages went to this address within an hour."),
    "told_already": gettext_lazy("This was sent already."),
}
STATES: Final = {
    "held": (pgettext_lazy("message", "May be taken back"), "clock", "info"),
    "queued": (pgettext_lazy("message", "Waits to be sent"), "clock", "info"),
    "sending": (pgettext_lazy("message", "Being sent"), "send", "info"),
    "printed": (pgettext_lazy("message", "In a batch for printing"), "printer", "info"),
    "sent": (pgettext_lazy("message", "Sent"), "check", "ok"),
    "delivered": (pgettext_lazy("message", "Arrived"), "checks", "ok"),
    "bounced": (pgettext_lazy("message", "Came back"), "alert-triangle", "bad"),
    "failed": (pgettext_lazy("message", "Failed"), "alert-triangle", "bad"),
    "unknown": (pgettext_lazy("message", "Perhaps sent"), "help-circle", "warn"),
    "cancelled": (pgettext_lazy("message", "Cancelled"), "x", "mute"),
    "skipped": (pgettext_lazy("message", "Not sent"), "x", "mute"),
}
TO_DO: Final = {
    "refused": gettext_lazy(
        "The mail server does not know this address. Ask the customer for another, or send a"
        " letter."
    ),
    "content": gettext_lazy("The mail server did not take the text. Write it anew."),
    "unmade": gettext_lazy("It could not be made into an email. Look at its files and receiver."),
    "too_long": gettext_lazy(
        "The mail server did not take it for two days. Send a letter, or call."
    ),
    "no_answer": gettext_lazy(
        "The mail server took the text and gave no answer. Ask the customer before it is sent"
        " again."
    ),
    "returned": gettext_lazy("It came back. Ask the customer for another address."),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A channel for an answer: where it leads (masked), or why it is closed.

    An `is_open` way without `address` needs one to be typed."""

    key: str
    label: str
    icon: str
    address: str
    refusal: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Who gets an answer and how, with the words that the box begins with."""

    name: str
    language: str
    ways: Sequence[Way]
    chosen: Way
    title: str


def reply_to(case: Case, *, now: datetime, channel: str = "") -> ReplyTo:
    """How the customer of a case can be written to."""
    found = _reach(case, now)
    ways = [_way(key, found) for key in CHANNELS]
    liked = [c for c in (found.channels if found else ()) if c in CHANNELS]
    by_key = {way.key: way for way in ways}
    best = [by_key[key] for key in (*liked, *CHANNELS)]
    ready = [way for way in best if way.is_open and way.address]
    open_ways = [way for way in best if way.is_open]
    chosen = by_key.get(channel) or (ready or open_ways or ways)[0]
    language = language_key(found.language) if found and found.language else "zh-Hans"
    with override(language.lower()):
        title = _("About your request: %(title)s") % {"title": case.title}
    name = found.name if found else case.caller_name
    return ReplyTo(name, language, ways, chosen, title)


def _reach(case: Case, now: datetime) -> Reach | None:
    if case.customer_id is None:
        return None
    return reach(
        [(0, case.customer_id)],
        purpose="service",
        organisation_id=case.organisation_id,
        day=timezone.localdate(now),
    ).get(0)


def _way(key: str, found: Reach | None) -> Way:
    label, icon = CHANNELS[key]
    reason = found.refusal(key) if found else "no_address"
    address = found.address(key) if found and not reason else ""
    masked = mask_email(address) if key == "email" and address else mask_address(address)
    return Way(
        key=key,
        label=str(label),
        icon=icon,
        address=masked if address else "",
        refusal=str(REFUSALS[reason]) if reason else "",
        is_open=reason not in ("no_consent", "erased"),
    )


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What became of a message: its state in words, since when, and what is to be done."""

    message_id: int
    label: str
    icon: str
    tone: str
    at: datetime | None
    words: str
    to_do: str
    may_undo: bool


def show_message(state: MessageState) -> ShownMessage:
    """A message in words."""
    label, icon, tone = STATES[state.state]
    is_trouble = tone in ("bad", "warn")
    return ShownMessage(
        message_id=state.message_id,
        label=str(label),
        icon=icon,
        tone=tone,
        at=state.sent_at or state.ended_at,
        words=state.words if is_trouble else "",
        to_do=str(TO_DO.get(state.reason, "")) if is_trouble else "",
        may_undo=state.state == "held",
    )


def messages_of(facts: Iterable[Mapping[str, Any]]) -> dict[int, ShownMessage]:
    """What became of the messages that entries (their data) are about, by message."""
    asked = {int(data["message"]) for data in facts if data.get("message")}
    return {pk: show_message(state) for pk, state in message_states(sorted(asked)).items()}

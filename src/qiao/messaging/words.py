"""Words for what messages and their channels are in."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.registry import registry

SHELVES: Final = {
    "trouble": pgettext_lazy("outbox", "Went wrong"),
    "waiting": pgettext_lazy("outbox", "Waits"),
    "sent": pgettext_lazy("outbox", "Sent"),
    "unsent": pgettext_lazy("outbox", "Not sent"),
}
KINDS: Final = {
    "reply": pgettext_lazy("message kind", "Reply"),
    "broadcast": pgettext_lazy("notice", "Told to many alike"),
    "improvement": pgettext_lazy("message kind", "What came of a complaint"),
    "digest": pgettext_lazy("message kind", "Digest"),
}
REASONS: Final = {
    "no_address": _("No address is known"),
    "doubtful": _("The address is doubtful"),
    "no_consent": _("The customer does not want it"),
    "erased": _("The customer was erased"),
    "too_many": _("Too many within an hour"),
    "refused": _("The mail server refuses the address"),
    "content": _("The mail server refuses the text"),
    "unmade": _("It could not be made into an email"),
    "too_long": _("Not taken for two days"),
    "no_answer": _("No answer after handing over"),
    "returned": _("Came back"),
}
TONES: Final = {
    "held": "info", "queued": "info", "sending": "info", "printed": "info", "sent": "ok",
    "delivered": "ok", "bounced": "bad", "failed": "bad", "unknown": "warn", "cancelled": "mute",
    "skipped": "mute",
}  # fmt: skip
CAUSES: Final = {
    "down": _("The mail server cannot be reached."),
    "slow": _("The mail server does not answer in time."),
    "refusing": _("The mail server refuses everything we send."),
    "unset": _("No mail server is configured."),
}
TO_DO: Final = {
    "down": _("See that it runs and that this machine may reach it (QIAO_SMTP_HOST, …_PORT)."),
    "slow": _("Look at the load of the mail server, or give it longer (QIAO_SMTP_TIMEOUT)."),
    "refusing": _(
        "Its words say why: often sign-in, sender or relaying (QIAO_SMTP_USER, QIAO_MAIL_FROM)."
    ),
    "unset": _("Name it in the configuration (QIAO_SMTP_HOST) and start worker and web again."),
}


def occasion_label(key: str) -> Any:
    """The name of an occasion; its key where no module declares it any more."""
    declared = registry.occasions().get(key)
    return declared.label if declared else key


def kind_label(kind: str) -> Any:
    """The name of a kind of message: an occasion, or what somebody sends."""
    return KINDS.get(kind) or occasion_label(kind)

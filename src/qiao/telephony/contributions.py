"""Dated settings of the telephone."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter


def _minutes(key: str, label: object, default: int, source: object) -> Parameter:
    return Parameter(
        key=key,
        label=label,
        about=_("Counted in the hours in which calls are returned; callers are told the moment."),
        kind="minutes",
        least=5,
        most=7 * 24 * 60,
        default=default,
        default_source=source,
    )


def _switch(key: str, label: object, about: object, source: object) -> Parameter:
    return Parameter(
        key=key, label=label, about=about, kind="boolean", default=False, default_source=source
    )


PARAMETERS: Final = (
    _switch(
        "calls.listening_is_seen", _("Agents see that somebody listens to their call"),
        _("That somebody whispers to them or talks with both they always see."),
        _("Usual in quality work: unseen, a talk is heard as it always is"),
    ),
    _switch(
        "calls.dial_abroad", _("Numbers abroad may be called"),
        _("Emergency and service numbers are never called from the screen."),
        _("Calls abroad cost by the minute, and whom we serve lives here"),
    ),
    _switch(
        "calls.outgoing_recorded", _("Calls that we make are recorded"),
        _("Whoever calls then says so at the beginning of the talk."),
        _("No notice is played to whom we call"),
    ),
    _minutes(
        "calls.answer_message_minutes", _("Time to answer a message left by telephone"), 240,
        _("Company rule: within half a working day"),
    ),
    _minutes(
        "calls.callback_minutes", _("Time to call back who asked for it"), 120,
        _("Company rule: within 2 hours of service"),
    ),
    _minutes(
        "calls.abandoned_minutes", _("Time to call back who gave up waiting"), 60,
        _("Company rule: within an hour of service"),
    ),
)  # fmt: skip

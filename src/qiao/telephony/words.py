"""Calls in words: what happened, why somebody was asked, how it ended, how a level is counted."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.phones import try_normalise
from qiao.core.rules.service_level import LevelTerms
from qiao.core.ui.moments import duration
from qiao.core.wording import said
from qiao.telephony.queries import number_words, queue_name

MINUTE: Final = 60
ENDS: Final[dict[str, Promise]] = {
    "caller": pgettext_lazy("end of a call", "The caller hung up"),
    "agent": pgettext_lazy("end of a call", "The agent hung up"),
    "abandoned": pgettext_lazy("end of a call", "The caller gave up"),
    "switch": pgettext_lazy("end of a call", "Cut off at the switch"),
    "system": pgettext_lazy("end of a call", "Ended by the system"),
    "menu": pgettext_lazy("end of a call", "Served by the voice menu"),
    "own_phone": pgettext_lazy("end of a call", "Own telephone not taken"),
    "given_up": pgettext_lazy("end of a call", "Whoever called gave up"),
    "no_answer": pgettext_lazy("end of a call", "No answer"),
    "busy": pgettext_lazy("end of a call", "Busy"),
    "rejected": pgettext_lazy("end of a call", "Declined"),
    "unreachable": pgettext_lazy("end of a call", "Switched off or not in reach"),
    "no_number": pgettext_lazy("end of a call", "No such number"),
}
OUT_ENDS: Final = ENDS | {
    "caller": pgettext_lazy("end of a call", "The other side hung up"),
}
"""Ends of a call that we made."""
REFUSALS: Final[Mapping[str, Promise]] = {
    "no_answer": pgettext_lazy("offer of a call", "did not answer"),
    "busy": pgettext_lazy("offer of a call", "was busy"),
    "rejected": pgettext_lazy("offer of a call", "declined"),
    "unreachable": pgettext_lazy("offer of a call", "could not be reached"),
    "caller_gone": pgettext_lazy("offer of a call", "the caller had gone"),
    "withdrawn": pgettext_lazy("offer of a call", "taken back"),
    "unconfirmed": pgettext_lazy("offer of a call", "picked up, but pressed no key"),
    "lost": pgettext_lazy("offer of a call", "lost"),
}
KINDS: Final[Mapping[str, tuple[str, Promise]]] = {
    "arrived": ("phone-incoming", gettext_lazy("Call from {caller} to {dialled}")),
    "answered": ("phone-check", gettext_lazy("Picked up by the switch")),
    "menu_began": ("list-check", gettext_lazy("The voice menu speaks with the caller")),
    "queued": ("clock", gettext_lazy("Waits in the queue {queue}")),
    "left_queue": ("arrow-back-up", gettext_lazy("Leaves the queue by key, and keeps the place")),
    "requeued": ("arrow-forward-up", gettext_lazy("{who} moves it to the queue {queue}")),
    "raised": ("arrow-up", gettext_lazy("{who} puts it first: {reason}")),
    "lowered": ("arrow-down", gettext_lazy("{who} puts it back to its place")),
    "offered": ("bell-ringing", gettext_lazy("{who} is asked")),
    "rings": ("bell-ringing", gettext_lazy("It rings at {who}")),
    "refused": ("phone-x", gettext_lazy("{who}: {why}")),
    "asked_to_confirm": (
        "phone-check",
        gettext_lazy("{who}’s telephone was picked up; they are asked to press 1"),
    ),
    "picked_up": ("phone-check", gettext_lazy("{who} picks up")),
    "connected": ("headset", gettext_lazy("Talks with {who}")),
    "held": ("player-pause", gettext_lazy("On hold")),
    "resumed": ("player-play", gettext_lazy("Off hold")),
    "muted": ("microphone-off", gettext_lazy("The caller does not hear the agent")),
    "unmuted": ("microphone", gettext_lazy("The caller hears the agent again")),
    "consulted": ("users", gettext_lazy("{who} is consulted, the caller waits")),
    "consult_answered": ("users", gettext_lazy("{who} answers the question")),
    "consult_ended": ("users", gettext_lazy("The consultation is over")),
    "handed_over": ("arrow-forward-up", gettext_lazy("Handed over to {who}")),
    "joined": ("users", gettext_lazy("All talk together")),
    "watched": ("ear", gettext_lazy("{who} listens in: {mode}")),
    "watch_ended": ("ear", gettext_lazy("Nobody listens in any more")),
    "taken_over": ("arrow-forward-up", gettext_lazy("{who} takes the call over")),
    "recording_began": ("microphone", gettext_lazy("Recording begins")),
    "recording_paused": ("microphone-off", gettext_lazy("Recording paused")),
    "recording_resumed": ("microphone", gettext_lazy("Recording goes on")),
    "recording_ended": ("microphone-off", gettext_lazy("Recording ends")),
    "party_left": ("user-minus", gettext_lazy("One of them has left")),
    "clock_stepped": ("clock", gettext_lazy("The clock of the system was set")),
    "trouble": ("alert-triangle", gettext_lazy("The switch could not do what was asked")),
    "dialled_out": ("phone-outgoing", gettext_lazy("{who} calls {to}; their telephone rings")),
    "lifted": ("phone-check", gettext_lazy("{who} lifts the receiver")),
    "rings_out": ("bell-ringing", gettext_lazy("It rings at the other side")),
    "reached": ("headset", gettext_lazy("The other side answers")),
    "ended": ("phone-off", gettext_lazy("{end}")),
}
"""What an entry of the log is called."""
SILENT: Final = frozenset(
    {"menu_moved", "watching_up", "ear", "told_cause", "greeting_doubted", "greeted_anew"}
)
"""Entries that only the machine needs: they have no words."""
OF_WATCHERS: Final = frozenset({"watched", "watch_ended"})
MODES: Final[Mapping[str, Promise]] = {
    "listen": pgettext_lazy("listening in", "listens"),
    "whisper": pgettext_lazy("listening in", "whispers to the agent"),
    "talk": pgettext_lazy("listening in", "talks to both"),
}


class Teller:
    """Tells the entries of one call: knows whom each offer was made to, and who may be read.

    Without `sees_listening` nothing is told of whoever only listened.
    """

    def __init__(self, names: Mapping[int, str], actor: Actor, *, sees_listening: bool) -> None:
        self._names = names
        self._sees_listening = sees_listening
        self._is_told = True  # of whoever watches
        self._actor = actor
        self._offers: dict[int, int] = {}
        self._watchers: dict[str, int] = {}
        self._calls_out = 0  # who

    def tell(self, kind: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
        """Icon and words of an entry, told in their order; None for one that needs no words."""
        if "staff" in data and "offer" in data:
            self._offers[data["offer"]] = data["staff"]
        if kind == "dialled_out":
            self._calls_out = data["staff"]
        if kind == "watched":
            self._is_told = self._sees_listening or data.get("mode") != "listen"
        if kind not in KINDS or (kind in OF_WATCHERS and not self._is_told):
            return None
        icon, words = KINDS[kind]
        staff = data.get("staff") or self._offers.get(data.get("offer", 0)) or self._calls_out
        return icon, str(words).format(
            caller=_number(data.get("caller", ""), self._actor),
            dialled=data.get("dialled", ""),
            to=_number(data.get("to", ""), self._actor),
            queue=queue_name(data.get("queue", "")),
            who=self._names.get(staff or 0, pgettext("call", "Somebody")),
            why=REFUSALS.get(data.get("why", ""), data.get("why", "")),
            mode=MODES.get(data.get("mode", ""), data.get("mode", "")),
            reason=data.get("reason", ""),
            end=end_words(data.get("why", ""), is_out=self._calls_out != 0),
        )


def _number(caller: str, actor: Actor) -> str:
    """A number as the network gave it, as the actor may read it."""
    return number_words(try_normalise(caller) or "", caller, actor)


def end_words(end: str, *, is_out: bool = False) -> str:
    """How a call ended, one that we made or one that came in."""
    return str((OUT_ENDS if is_out else ENDS).get(end, end))


def reason_words(reason: Mapping[str, Any]) -> str:
    """Why this person was asked, in a sentence: “Longest idle of 3 ready, after 12 s; the skill
    asked for was lowered by 1 level”. `reason` is that of `contact.rules.routing.Reason`."""
    among = int(reason.get("among", 0))
    rule = str(reason.get("rule", ""))
    words = {
        "longest_idle": ngettext(
            "Longest idle of %(n)d ready", "Longest idle of %(n)d ready", among
        ),
        "least_occupied": ngettext(
            "Least occupied of %(n)d ready", "Least occupied of %(n)d ready", among
        ),
        "best_skill": ngettext(
            "Best skilled of %(n)d ready", "Best skilled of %(n)d ready", among
        ),
        "last_agent": _("The customer spoke to them last"),
        "asked": _("Asked by a colleague"),
        "duty": _("On duty: nobody signed on could take the emergency"),
    }.get(rule, rule)
    parts = [words % {"n": among} if "%(n)d" in words else words]
    if waited := int(reason.get("waited_seconds", 0)):
        parts[0] += _(", after %(time)s") % {"time": seconds_words(waited)}
    if relaxed := int(reason.get("relaxed", 0)):
        parts.append(
            ngettext(
                "the skill asked for was lowered by %(n)d level",
                "the skill asked for was lowered by %(n)d levels",
                relaxed,
            )
            % {"n": relaxed}
        )
    if language := catalogue().languages.get(str(reason.get("language", ""))):
        asked = reason.get("language_level")
        told = _("speaks %(language)s") if asked else _("%(language)s was given up for the wait")
        parts.append(told % {"language": said(language.name)})
    if helper := str(reason.get("helped_by", "")):
        parts.append(_("the queue %(queue)s helped out") % {"queue": queue_name(helper)})
    return pgettext("between clauses", "; ").join(parts)


def seconds_words(seconds: int) -> str:
    """A short time as people say it: 12 s, else as in lists."""
    return _("%(n)d s") % {"n": seconds} if seconds < MINUTE else duration(seconds)


def level_words(terms: LevelTerms) -> str:
    """How the service level of a queue is counted, in a sentence."""
    goal = _("%(share)d %% within %(time)s") % {
        "share": terms.share_percent,
        "time": seconds_words(terms.answer_seconds),
    }
    how = {
        "all": _("of all calls; whoever gave up was not answered in time"),
        "without_short": _("of all calls but those given up within %(time)s")
        % {"time": seconds_words(terms.short_abandon_seconds)},
        "answered": _("of the calls that were answered"),
    }[terms.counts]
    return _("%(goal)s, %(how)s") % {"goal": goal, "how": how}

"""A draft of a voice menu tried on the screen: what a caller would hear who does this and that.

Pure, and without any call: what is asked outside is answered by whoever tries, service hours by
what is given. A trial is played anew from its beginning with each move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from qiao.telephony.rules import menu_visits, menus
from qiao.telephony.rules.menu_checks import Fault
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import (
    Act,
    Answered,
    AskOutside,
    Entry,
    KeyPressed,
    Prompt,
    PromptEnded,
    Thing,
    TimerEnded,
    Visit,
)
from qiao.telephony.rules.menu_walk import begin, step
from qiao.telephony.rules.menus import OK, OPEN, SAID_FIELDS, WAITING_VALUES, Menu
from qiao.telephony.rules.switch import KEYS

MOST_MOVES: Final = 200
MOST_TURNS: Final = 1_000  # no menu that can be walked needs as many for one move
SILENCE: Final = "silence"
ANSWER: Final = "answer:"  # before an outcome
NO_ANSWER: Final = "no_answer"
KEPT: Final = "kept"  # a message that was left
PROMISED: Final = "promised"
REFUSED: Final = "refused"
CANNOT_BE_WALKED: Final = frozenset(
    {"no_target", "no_node", "endless", "duplicate_node", "no_languages", "unknown_language"}
)
Waits = Literal["keys", "answer", "message", "callback", "over"]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """Something in the course of a trial: its kind, the step at which it was, and what goes with
    it.

    Kinds: ``said`` (prompts, language), ``key``, ``silence``, ``asked`` (kind and name of the
    question), ``answered`` (outcome), ``no_answer``, ``hours`` (calendar, outcome), ``records``,
    ``kept``, ``wants_callback`` (number), ``promised``, ``refused``, ``queue`` (name),
    ``left_queue``, ``hang_up``.
    """

    kind: str
    step: str
    name: str = ""
    detail: str = ""
    prompts: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """How a menu is tried: by whom it is called and when, which calendars are open, examples of
    the values that answers bring, by kind, and of lists that are read out, by name."""

    at: datetime
    caller: str
    dialled: str
    open_calendars: frozenset[str]
    examples: Mapping[str, Value]
    lists: Mapping[str, Sequence[Entry]] = field(default_factory=dict)


@dataclass
class Trial:
    """How far a trial came: what it waits for, and the question that is to be answered."""

    menu: Menu
    visit: Visit
    lines: list[TrialLine] = field(default_factory=list)
    asked: AskOutside | None = None

    @property
    def question(self) -> AskOutside | None:
        """The question that waits for its answer; one that was left behind by a key does not."""
        asked, visit = self.asked, self.visit
        waits = asked is not None and visit.stage == "asking" and asked.id == visit.question
        return asked if waits else None

    @property
    def waits(self) -> Waits:
        """What has to come now."""
        if self.visit.stage == "ended" or (self.visit.stage == "waiting" and not self.visit.timer):
            return "over"
        if self.visit.stage != "asking":
            return "keys"
        if self.question is not None:
            return "answer"
        node = self.menu.index[self.visit.node]
        return "message" if isinstance(node, menus.Message) else "callback"


def hinders(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Faults with which a menu cannot be walked through."""
    return tuple(each for each in faults if each.code in CANNOT_BE_WALKED)


def speaking(menu: Menu, language: str, missing: str) -> Menu:
    """The menu as it is tried: beginning in a language, with `missing` for words not there yet."""
    spoken = (language, *(each for each in menu.languages if each != language))
    said = {key for node in menu.nodes for key in _said_by(node)} | {*menu.wrong, *menu.silent}
    texts = {
        key: {each: menu.texts.get(key, {}).get(each) or missing for each in spoken}
        for key in said | set(menu.texts)
    }
    return replace(menu, languages=spoken, texts=texts)


def _said_by(node: menus.Node) -> tuple[str, ...]:
    return tuple(key for name in SAID_FIELDS for key in getattr(node, name, ()))


def play(menu: Menu, moves: Sequence[str], terms: Terms) -> Trial:
    """The trial after these moves: keys of a telephone, or the words above. Moves that do not fit
    where the trial stands change nothing. The menu must have no fault that `hinders`."""
    visit, acts = begin(menu, terms.at, terms.caller, terms.dialled)
    trial = Trial(menu, visit)
    _note(trial, acts)
    _go_on(trial, terms)
    for move in moves[:MOST_MOVES]:
        thing = _thing(trial, move, terms)
        if thing is not None:
            _take(trial, thing, terms)
            _go_on(trial, terms)
    return trial


def _take(trial: Trial, thing: Thing, terms: Terms) -> None:
    trial.visit, acts = step(trial.menu, trial.visit, thing, terms.at)
    _note(trial, acts)


def _go_on(trial: Trial, terms: Terms) -> None:
    """Hear what is said to its end, have the hours told, until somebody has to do something."""
    for _turn in range(MOST_TURNS):
        visit, question = trial.visit, trial.question
        if visit.stage in ("saying", "waiting") and visit.saying:
            _take(trial, PromptEnded(visit.saying), terms)
        elif visit.stage == "asking" and question is not None and question.kind == "hours":
            outcome = OPEN if question.name in terms.open_calendars else "closed"
            trial.lines.append(TrialLine("hours", visit.node, question.name, outcome))
            _take(trial, Answered(visit.question, outcome), terms)
        elif visit.stage == "waiting" and visit.question:
            example = dict.fromkeys(WAITING_VALUES, terms.examples["count"])
            _take(trial, Answered(visit.question, OK, example), terms)
        else:
            return


def _thing(trial: Trial, move: str, terms: Terms) -> Thing | None:
    """What a move means where the trial stands, told in its lines; None where it does not fit."""
    visit, waits = trial.visit, trial.waits
    if len(move) == 1 and move in KEYS and waits != "over":
        trial.lines.append(TrialLine("key", visit.node, move))
        return KeyPressed(move)
    if move == SILENCE and waits == "keys":
        trial.lines.append(TrialLine(SILENCE, visit.node))
        return TimerEnded(visit.timer)
    if move == NO_ANSWER and waits == "answer":
        trial.lines.append(TrialLine(NO_ANSWER, visit.node))
        return TimerEnded(visit.timer)
    if move.startswith(ANSWER) and waits == "answer":
        outcome = move.removeprefix(ANSWER)
        assert trial.question is not None
        name, kind = trial.question.name, trial.question.kind
        trial.lines.append(TrialLine("answered", visit.node, f"{kind}:{name}", outcome))
        is_read = kind == "list" and outcome == OK
        entries = terms.lists.get(name, ()) if is_read else ()
        return Answered(visit.question, outcome, _values(trial, terms), entries)
    fits = {KEPT: "message", PROMISED: "callback", REFUSED: "callback"}.get(move)
    if fits is None or fits != waits:
        return None
    trial.lines.append(TrialLine(move, visit.node))
    outcome = "" if move == REFUSED else OK
    return Answered(visit.question, outcome, _values(trial, terms))


def _values(trial: Trial, terms: Terms) -> Mapping[str, Value]:
    """Examples of the values that the step promised."""
    node = trial.menu.index[trial.visit.node]
    promised: Mapping[str, str] = getattr(node, "values", {})
    return {name: terms.examples[kind] for name, kind in promised.items()}


def _note(trial: Trial, acts: Sequence[Act]) -> None:
    for act in acts:
        line = _line(trial, act)
        if line is not None:
            trial.lines.append(line)


def _line(trial: Trial, act: Act) -> TrialLine | None:
    at = trial.visit.node
    match act:
        case menu_visits.Say(_, prompts, language):
            return TrialLine("said", at, language, prompts=prompts)
        case menu_visits.AskOutside():
            trial.asked = act
            told = act.kind not in ("hours", "place")
            return TrialLine("asked", at, act.name, act.kind) if told else None
        case menu_visits.LeaveQueue():
            return TrialLine("left_queue", at)
        case menu_visits.RecordMessage(_, seconds):
            return TrialLine("records", at, detail=str(seconds))
        case menu_visits.AskCallback(_, number):
            return TrialLine("wants_callback", at, number)
        case menu_visits.ToQueue(name):
            return TrialLine("queue", at, name)
        case menu_visits.HangUp():
            return TrialLine("hang_up", at)
    return None

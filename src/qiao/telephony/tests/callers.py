"""A menu of a gas company, menus by chance that have no fault, and callers who walk through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month
from qiao.core.rules.spelt import Spelt
from qiao.telephony.rules import menu_visits as acts
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import (
    Act,
    Answered,
    KeyPressed,
    PromptEnded,
    Thing,
    TimerEnded,
    Visit,
)
from qiao.telephony.rules.menu_walk import begin, step
from qiao.telephony.rules.menus import (
    LANGUAGES,
    LIST_KEYS,
    Callback,
    Choose,
    Digits,
    HangUp,
    Hours,
    Language,
    Lookup,
    Menu,
    Message,
    Node,
    Queue,
    ReadOut,
    Say,
)

NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
CALLER, DIALLED = "18600001111", "95598"
APART = timedelta(milliseconds=240)  # keys of a caller who types fast, as recorded

TEXTS = {
    "welcome": "欢迎致电",
    "language": "普通话请按1，粤语请按2",
    "main": "查询请按1，留言请按2，回电请按3，燃气泄漏请按9，人工请按0",
    "account": "请输入户号，按井号键结束",
    "card": "请输入卡号，按井号键结束",
    "wait": "正在查询，请稍候",
    "bill": "您本期应缴{due}，请于{until}前缴清",
    "advice": "请勿开关电器，打开门窗，到室外等候",
    "transfer": "正在为您转接人工",
    "leave": "请在提示音后留言",
    "left": "您的留言编号是{number}",
    "callback": "回拨来电号码请按1，其他号码请按2",
    "number": "请输入回拨号码",
    "promised": "我们将于{day}{clock}前回电",
    "bills": "最近{count}期账单",
    "period": "{month}账单，",
    "paid": "金额{paid}，已缴清",
    "unpaid": "金额{unpaid}，未缴",
    "more": "继续请按1",
    "no_bills": "还没有账单",
    "bye": "再见",
    "wrong": "输入有误",
    "silent": "没有收到您的按键",
}
GAS = Menu(
    "gas",
    start="welcome",
    person="hours",
    nodes=(
        Say("welcome", ("welcome",), next="language"),
        Choose("language", ("language",), keys={"1": "mandarin", "2": "cantonese"},
               otherwise="mandarin", tries=1),
        Language("mandarin", language="zh-hans", next="main"),
        Language("cantonese", language="yue", next="main"),
        Choose("main", ("main",), otherwise="hours",
               keys={"1": "account", "2": "leave", "3": "callback", "4": "card", "5": "bills"}),
        Digits("account", ("account",), name="account", next="bill", otherwise="hours", least=6,
               most=10, check="account"),
        Digits("card", ("card",), name="card", next="hours", otherwise="bye", least=4, most=6,
               is_secret=True, tries=2),
        Lookup("bill", ("wait",), name="bill", arguments=("account", "caller"),
               answers={"found": "say_bill", "paid": "bye"}, otherwise="hours",
               values={"due": "money", "until": "date"}),
        Say("say_bill", ("bill",), next="main"),
        ReadOut("bills", ("wait",), name="bills", arguments=("caller",), next="bye",
                otherwise="hours", answers={"none": "no_bills"}, values={"count": "count"},
                entry_values={"month": "month", "paid": "money", "unpaid": "money"},
                first_prompts=("bills",), entry_prompts=("period", "paid", "unpaid"),
                between_prompts=("more",), keys={"8": "main"}, part=2),
        Say("no_bills", ("no_bills",), next="bye"),
        Hours("hours", calendar="service", open="transfer", closed="callback"),
        Queue("transfer", ("transfer",), queue="service", skills=(("bills", 2),)),
        Message("leave", ("leave",), next="left", values={"number": "digits"}),
        Say("left", ("left",), next="bye"),
        Callback("callback", ("callback",), number_prompts=("number",), otherwise="bye",
                 next="promised", values={"day": "date", "clock": "time"}),
        Say("promised", ("promised",), next="bye"),
        HangUp("bye", ("bye",)),
        Say("advice", ("advice",), next="emergency", is_whole=True),
        Queue("emergency", queue="emergency", is_emergency=True, language_level=0,
              about="water.burst"),
    ),
    texts={key: {"zh-hans": text, "yue": text} for key, text in TEXTS.items()},
    languages=("zh-hans", "yue"),
    emergency_key="9",
    emergency="advice",
    wrong=("wrong",),
    silent=("silent",),
)  # fmt: skip

VALUES: dict[str, Value] = {
    "due": Money(12345, "CNY"),
    "until": date(2026, 12, 15),
    "number": Spelt("20261128001"),
    "day": date(2026, 11, 28),
    "clock": time(15, 30),
    "count": 5,
}
BILLS: tuple[dict[str, Value], ...] = tuple(
    {"month": Month(2026, 10 - n), "paid" if n else "unpaid": Money(5230 + n, "CNY")}
    for n in range(5)
)
Answer = Callable[[Act], tuple[str, Mapping[str, Value]]]


def agrees(act: Act) -> tuple[str, Mapping[str, Value]]:
    """Everything is found, holds and is open."""
    kind = act.kind if isinstance(act, acts.AskOutside) else ""
    return {"lookup": "found", "check": "ok", "hours": "open"}.get(kind, "ok"), VALUES


@dataclass
class Caller:
    """Somebody on the telephone: what they do, and what becomes of it."""

    menu: Menu = GAS
    number: str = CALLER
    answer: Answer = agrees
    at: datetime = NOON
    acts: list[Act] = field(default_factory=list)
    bills: tuple[Mapping[str, Value], ...] = BILLS

    def __post_init__(self) -> None:
        self.visit, first = begin(self.menu, self.at, self.number, DIALLED)
        self.acts += first

    def does(self, thing: Thing) -> tuple[Act, ...]:
        """One thing happens."""
        self.visit, then = step(self.menu, self.visit, thing, self.at)
        self.acts += then
        return then

    def presses(self, keys: str) -> tuple[Act, ...]:
        """Keys one after the other, fast."""
        then: tuple[Act, ...] = ()
        for key in keys:
            self.at += APART
            then = self.does(KeyPressed(key))
        return then

    def listens(self, *, asks: bool = True) -> None:
        """All is heard to its end, and all that is asked outside is answered."""
        while thing := self.next_thing(asks=asks):
            self.at += timedelta(seconds=4)
            self.does(thing)

    def next_thing(self, *, asks: bool = True) -> Thing | None:
        visit = self.visit
        if visit.stage == "ended":
            return None
        if visit.question and asks:
            return self.answered()
        return PromptEnded(visit.saying) if visit.saying else None

    def answered(self) -> Answered:
        """What is asked is answered; a list has its entries."""
        number = self.visit.question
        question = next((e for e in self.acts if getattr(e, "id", 0) == number), None)
        outcome, values = self.answer(question) if question else ("", {})
        is_list = isinstance(question, acts.AskOutside) and question.kind == "list"
        return Answered(number, outcome, values, self.bills if is_list and outcome == "ok" else ())

    def is_silent(self) -> None:
        """Nothing is pressed until the timer runs out."""
        self.listens()
        self.at += timedelta(seconds=10)
        self.does(TimerEnded(self.visit.timer))

    def slowly(self, keys: str) -> None:
        """Each key after all is said."""
        for key in keys:
            self.listens()
            self.at += timedelta(seconds=4)
            self.does(KeyPressed(key))

    @property
    def nodes(self) -> list[str]:
        return [each.node for each in self.visit.trail]

    @property
    def last(self) -> Act:
        return self.acts[-1]

    def said(self) -> list[str]:
        """Keys of all prompts that were begun."""
        return [p.key for each in self.acts if isinstance(each, acts.Say) for p in each.prompts]


def at(node: str, **more: object) -> Caller:
    """A caller who hears the prompts of a node, where those before it say nothing."""
    menu = replace(GAS, start=node)
    return Caller(menu, **more)  # type: ignore[arg-type]


def place(visit: Visit) -> tuple[Any, ...]:
    """Where somebody is and what is known of them, however long it took."""
    trail = [(each.node, each.keys) for each in visit.trail]
    return (
        visit.node, visit.stage, visit.language, visit.collected, visit.values, trail,
        visit.digits, visit.tries, visit.keys, visit.end,
    )  # fmt: skip


def any_menu(seed: int, emergency_key: str = "") -> Menu:
    """A menu by chance that has no fault: who presses nothing is only led to later nodes."""
    chance = Random(seed)
    count = chance.randrange(2, 9)
    inner = [f"n{i}" for i in range(count)]
    ends: list[Node] = [
        Queue("person", _some(chance), queue="people"),
        Queue("urgent", queue="urgent", is_emergency=True),
        HangUp("bye", _some(chance)),
        Message("leave", ("text",)),
    ]
    lists = emergency_key not in LIST_KEYS
    ended = [each.key for each in ends]
    made = [_any_node(chance, i, inner, ended, lists=lists) for i in range(count)]
    overtaking = {"person": "person", "emergency": "urgent"}
    menu = Menu("any", inner[0], overtaking["person"], (*made, *ends), {})
    met = {menu.start, menu.person, *({"urgent"} if emergency_key else ())}
    ahead = list(met)
    while ahead:
        new = {way.to for way in menu.index[ahead.pop()].ways} - met
        met |= new
        ahead += new
    gives_x = any("x" in menu.index[key].gives for key in met)
    value = "of {x}" if gives_x else "words"
    texts = {"text": dict.fromkeys(LANGUAGES, "words"), "value": dict.fromkeys(LANGUAGES, value)}
    return Menu(
        "any", menu.start, menu.person, tuple(each for each in menu.nodes if each.key in met),
        texts, languages=LANGUAGES, emergency_key=emergency_key,
        emergency="urgent" if emergency_key else "", wrong=_some(chance), silent=_some(chance),
    )  # fmt: skip


def _some(chance: Random) -> tuple[str, ...]:
    return chance.choice(((), ("text",), ("value",), ("text", "value")))


def _any_node(chance: Random, i: int, inner: list[str], ends: list[str], *, lists: bool) -> Node:
    def later() -> str:
        return chance.choice([*inner[i + 1 :], *ends])

    def anywhere() -> str:
        return chance.choice([*inner, *ends])

    key, tries = inner[i], chance.randrange(1, 4)
    keys = {each: anywhere() for each in chance.sample("1234*#A", chance.randrange(1, 5))}
    keys.pop("*", None)
    keys = keys or {"1": anywhere()}
    list_keys = {each: to for each, to in keys.items() if each not in LIST_KEYS}
    number: dict[str, Any] = {"least": chance.randrange(2, 4), "most": chance.randrange(4, 7)}
    values: dict[str, Any] = {"x": chance.choice(("money", "count"))}
    answers = {each: later() for each in chance.sample(("found", "none"), chance.randrange(3))}
    kinds: tuple[Callable[[], Node], ...] = (
        lambda: Say(key, ("value", "text"), next=later(), is_whole=chance.random() < 0.3),
        lambda: Choose(key, ("text",), keys=keys, otherwise=later(), tries=tries),
        lambda: Choose(key, ("value",), keys=keys, otherwise=later(), tries=tries),
        lambda: Digits(key, ("text",), name=(name := chance.choice("xyz")), next=anywhere(),
                       otherwise=later(), tries=tries, check=chance.choice(("", "exists")),
                       is_secret=name == "z", **number),
        lambda: Lookup(key, _some(chance), name="look", arguments=("caller",), answers=answers,
                       otherwise=later(), values=values),
        lambda: Hours(key, calendar="service", open=later(), closed=later()),
        lambda: Language(key, language=chance.choice(LANGUAGES), next=later()),
        lambda: Message(key, ("text",), next=later(), values=values),
        lambda: Callback(key, ("text",), number_prompts=("text",), otherwise=later(),
                         next=chance.choice(("", anywhere())), values=values, tries=tries),
    )  # fmt: skip
    read_out: tuple[Callable[[], Node], ...] = (
        lambda: ReadOut(key, _some(chance), name="list", arguments=("caller",), answers=answers,
                        otherwise=later(), values=values, entry_values={"x": "money"},
                        first_prompts=_some(chance), entry_prompts=("value", "text"),
                        between_prompts=("text",), keys=list_keys, next=later(), tries=tries,
                        part=chance.randrange(1, 4)),
    )  # fmt: skip
    return chance.choice((*kinds, *(read_out if lists else ())))()


def any_answer(seed: int) -> Answer:
    """Answers that depend on the question alone."""

    def answer(act: Act) -> tuple[str, Mapping[str, Value]]:
        told = (act.kind, act.name) if isinstance(act, acts.AskOutside) else ("", "")
        chance = Random(f"{seed} {told}")
        outcome = chance.choice(("found", "none", "ok", "ok", "open", "odd"))
        return outcome, {"x": chance.choice((Money(100, "CNY"), 3)), "other": "nobody's"}

    return answer

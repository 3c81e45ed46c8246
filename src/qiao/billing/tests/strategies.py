"""Tariffs and bills by chance: every kind of charge, every kind of table."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qiao.billing.tests.inputs import Inputs

LABELS = {
    "size": ("15", "20", "25"),
    "zone": ("hill", "plain"),
    "season": ("dry", "wet", "flood"),
}
WAYS = ("half_up", "down", "up")
Draw = st.DrawFn


def decimals(low: int, high: int, places: int = 3) -> st.SearchStrategy[str]:
    """Decimal text."""
    return st.decimals(low, high, places=places).map(lambda each: format(each, "f"))


NUMBERS = st.one_of(decimals(0, 20), decimals(-5, 5, 2), st.just("0"), st.just("0.0000001"))
FORMULAS = st.one_of(
    st.builds("{} * people".format, decimals(0, 9)),
    st.builds("max({}, people - {})".format, decimals(0, 3), decimals(0, 6)),
    st.builds("credit / {}".format, st.sampled_from(["3", "7", "0.3", "-9"])),
    st.builds("({} + credit) / people".format, decimals(0, 9)),
    st.builds("-people * min({}, credit, 3)".format, decimals(-4, 4)),
)
FIGURES = st.one_of(NUMBERS, NUMBERS, FORMULAS, st.integers(-3, 30))


@st.composite
def tables(draw: Draw, figures: st.SearchStrategy[Any] = FIGURES) -> Any:
    """A figure, or figures by one or two labels; some for whatever no other row names."""
    by = draw(st.lists(st.sampled_from(sorted(LABELS)), max_size=2, unique=True))
    if not by:
        return draw(figures)
    choices = [[*LABELS[name], "*"] for name in by]
    keys = [[]] if not by else [[one] for one in choices[0]]
    for more in choices[1:]:
        keys = [[*key, one] for key in keys for one in more]
    otherwise = ["*"] * len(by)
    some = draw(st.lists(st.sampled_from(keys), max_size=6, unique_by=tuple))
    kept = [key for key in some if key != otherwise]
    return {"by": by, "rows": [[key, draw(figures)] for key in [*kept, otherwise]]}


@st.composite
def tiers(draw: Draw, key: str, quantities: list[str]) -> dict[str, Any]:
    """Tiers: plain or by size, with as many for each size as chance has it."""
    start_is = draw(st.sampled_from(["threshold", "first_unit"]))
    charge: dict[str, Any] = {
        "key": key,
        "kind": "tiered",
        "quantity": draw(st.sampled_from(["usage", *quantities])),
        "period": draw(st.sampled_from(["bill", "month", "year"])),
        "start_is": start_is,
    }
    if draw(st.booleans()):
        charge |= {"digits": draw(st.integers(-1, 2)), "way": draw(st.sampled_from(WAYS))}

    def starts(count: int) -> list[str]:
        found = sorted(
            draw(st.lists(decimals(1, 300, 1), min_size=count, max_size=count)), key=float
        )
        if draw(st.booleans()):
            found = [draw(st.sampled_from([each, f"people * {each} / 3"])) for each in found]
        return [draw(st.sampled_from(["0", "1"] if start_is == "first_unit" else ["0"])), *found]

    def prices(count: int) -> list[Any]:
        return [draw(FIGURES) for _each in range(count + 1)]

    if draw(st.booleans()):
        count = draw(st.integers(0, 3))
        charge |= {"starts": starts(count), "prices": prices(count)}
        if draw(st.booleans()):
            charge["prices"] = draw(tables(st.just(charge["prices"])))
        return charge
    counts = {size: draw(st.integers(0, 3)) for size in ("15", "20", "*")}
    for name, made in (("starts", starts), ("prices", prices)):
        rows = [[[size], made(count)] for size, count in counts.items()]
        charge[name] = {"by": ["size"], "rows": rows}
    return charge


@st.composite
def charges(draw: Draw, place: int, before: list[str], quantities: list[str]) -> dict[str, Any]:
    """A charge of any kind."""
    kinds = ["fixed", "per_unit", "tiered", "tiered", "reckoned"]
    kind = draw(st.sampled_from([*kinds, "share", "at_least"] if before else kinds))
    key = f"charge_{place}"
    own: dict[str, Any] = {"key": key, "kind": kind}
    per = st.sampled_from(["bill", "month", "day"])
    some = st.lists(st.sampled_from(before), min_size=1, unique=True) if before else st.nothing()
    match kind:
        case "fixed":
            own |= {"amount": draw(tables()), "per": draw(per)}
        case "per_unit":
            quantity = draw(st.sampled_from(["usage", "credit", *quantities]))
            own |= {"quantity": quantity, "price": draw(tables())}
        case "tiered":
            own = draw(tiers(key, quantities))
        case "reckoned":
            own["amount"] = draw(tables())
        case "share":
            rate = draw(tables(decimals(0, 1)))
            own |= {"of": draw(some), "rate": rate, "included": draw(st.booleans())}
        case "at_least":
            own |= {"of": draw(some), "amount": draw(tables(NUMBERS)), "per": draw(per)}
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(LABELS)))
        values = st.lists(st.sampled_from(LABELS[name]), min_size=1, unique=True)
        own["when"] = {name: draw(values)}
    return own


@st.composite
def tariffs(draw: Draw) -> dict[str, Any]:
    """The data of a tariff."""
    quantities: list[dict[str, Any]] = []
    for place in range(draw(st.integers(0, 2))):
        names = ["usage", "people", *(each["key"] for each in quantities)]
        figure = st.builds("{} * {}".format, decimals(0, 2), st.sampled_from(names))
        each = {"key": f"quantity_{place}", "value": draw(tables(figure))}
        if draw(st.booleans()):
            each |= {"digits": draw(st.integers(-2, 3)), "way": draw(st.sampled_from(WAYS))}
        quantities.append(each)
    keys = [each["key"] for each in quantities]
    made: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 5))):
        made.append(draw(charges(place, [each["key"] for each in made], keys)))
    return {
        "currency": draw(st.sampled_from(["CNY", "JPY", "KWD"])),
        "unit": "m3",
        "quantities": quantities,
        "charges": made,
        "defaults": {name: draw(st.sampled_from(LABELS[name])) for name in sorted(LABELS)},
        "numbers": {"days": draw(decimals(1, 60, 0))},
    }


USAGE = st.one_of(decimals(0, 600), decimals(0, 600), decimals(0, 10**13, 6))
KNOWN = {
    "people": st.integers(1, 12).map(str),
    "months": st.integers(0, 12).map(str),
    "days": st.integers(0, 366).map(str),
    "credit": decimals(-100, 100),
    "usage": USAGE,
    "share": st.decimals("0.01", 1, places=4).map(str),
}


def numbers(names: set[str]) -> st.SearchStrategy[dict[str, str]]:
    """Numbers of these names."""
    return st.fixed_dictionaries({name: KNOWN[name] for name in sorted(names)})


@st.composite
def bills(
    draw: Draw, quantities: list[str], labels: frozenset[str] = frozenset(LABELS)
) -> list[Inputs]:
    """Up to six bills that know the same names, as a run has them; a label may be unknown."""
    known = draw(st.sets(st.sampled_from(sorted(labels))))
    named = {*KNOWN} - draw(st.sets(st.sampled_from(["days", "share"])))
    before = draw(st.sets(st.sampled_from(["usage", *quantities])))
    one = st.builds(
        Inputs,
        st.fixed_dictionaries({n: st.sampled_from(["", *LABELS[n]]) for n in sorted(known)}),
        numbers(named),
        st.fixed_dictionaries(dict.fromkeys(sorted(before), USAGE)),
    )
    return draw(st.lists(one, min_size=1, max_size=6))


@st.composite
def parts(draw: Draw, count: int) -> list[tuple[int, Decimal, Inputs]]:
    """For some of `count` bills parts of a tier period: whose, how much of it, who lived there."""
    weight = st.decimals("0.01", 3, places=4)
    one = st.tuples(
        st.integers(0, count - 1), weight, st.builds(Inputs, st.just({}), numbers({*KNOWN}))
    )
    return draw(st.lists(one, min_size=1, max_size=8))

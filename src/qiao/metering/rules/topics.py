"""Topics of a broker and the filters by which they are asked for (MQTT 5.0, 4.7)."""

from typing import Final

ONE: Final = "+"
REST: Final = "#"
MOST_LETTERS: Final = 200


class BadFilter(ValueError):  # noqa: N818 - a refusal, not a fault
    """This asks for no topics. `code`: empty, long, level, rest, letters, own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_filter(text: str) -> str:
    """A filter as it is kept. Raises `BadFilter`.

    ``+`` stands for a whole level, ``#`` for all levels from there on, at the end. What begins
    with ``$`` is the broker's own.
    """
    found = text.strip()
    if not found:
        raise BadFilter("empty")
    if len(found) > MOST_LETTERS:
        raise BadFilter("long")
    if not found.isprintable():
        raise BadFilter("letters")
    if found.startswith("$"):
        raise BadFilter("own")
    levels = found.split("/")
    if any(len(each) > 1 and (ONE in each or REST in each) for each in levels):
        raise BadFilter("level")
    if REST in levels[:-1]:
        raise BadFilter("rest")
    return found


def matches(wanted: str, topic: str) -> bool:
    """Whether a filter asks for a topic."""
    if topic.startswith("$"):
        return False
    asked, told = wanted.split("/"), topic.split("/")
    for place, level in enumerate(asked):
        if level == REST:
            return True
        if place >= len(told) or level not in (ONE, told[place]):
            return False
    return len(asked) == len(told)


def overlap(one: str, other: str) -> bool:
    """Whether some topic is asked for by both filters."""
    first, second = one.split("/"), other.split("/")
    for place in range(max(len(first), len(second))):
        own = first[place] if place < len(first) else None
        their = second[place] if place < len(second) else None
        if REST in (own, their):  # it also stands for no further level at all
            return True
        if own is None or their is None:
            return False
        if ONE not in (own, their) and own != their:
            return False
    return True


def free_level(wanted: str, topic: str) -> str:
    """What the first ``+`` of a filter stands for in a topic that it asks for; empty without."""
    levels = wanted.split("/")
    return topic.split("/")[levels.index(ONE)] if ONE in levels else ""

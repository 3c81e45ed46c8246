"""Merges lie on each other; taking one away uncovers the next that stands."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.merging import Gift, giver, without


class History:
    """A field of one survivor: gifts of merges, undoings, changes by a person."""

    def __init__(self, own: str) -> None:
        self.value, self.gifts = own, list[Gift]()

    def give(self, value: str) -> None:
        if value != self.value:
            over = giver(self.gifts, self.value)
            self.gifts.append(Gift(len(self.gifts), self.value, value, over, is_undone=False))
            self.value = value

    def undo(self, merge_id: int) -> bool:
        """Whether the value was this merge's."""
        is_giver = giver(self.gifts, self.value) == merge_id
        if is_giver:
            self.value = without(self.gifts, merge_id)
        self.gifts[merge_id] = replace(self.gifts[merge_id], is_undone=True)
        return is_giver

    @property
    def standing(self) -> list[Gift]:
        return [each for each in self.gifts if not each.is_undone]


_steps = st.lists(st.one_of(st.sampled_from("甲乙丙"), st.integers(0, 9)), max_size=24)


@given(own=st.sampled_from("甲乙丙"), steps=_steps)
def test_the_latest_that_stands_gives_the_value_and_without_any_it_is_ones_own(
    own: str, steps: list[str | int]
) -> None:
    history = History(own)
    for step in steps:
        if isinstance(step, str):
            history.give(step)
        elif step < len(history.gifts) and not history.gifts[step].is_undone:
            history.undo(step)
        top = history.standing[-1].after if history.standing else own
        assert history.value == top


def test_five_merges_with_two_values_may_be_undone_in_any_order() -> None:
    for order in permutations(range(5)):
        history = History("")
        for value in ("f", "m", "f", "m", "f"):
            history.give(value)
        for merge_id in order:
            history.undo(merge_id)
        assert history.value == "", order


def test_what_a_person_wrote_since_is_nobodys_gift_and_comes_back_when_a_later_one_goes() -> None:
    history = History("甲")
    history.give("乙")
    history.value = "丁"
    history.give("丙")
    assert not history.undo(0)
    assert history.value == "丙"
    assert history.undo(1)
    assert history.value == "丁"

"""The demo world is built once, and a build that was killed goes on where it stopped."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from qiao.core import demo
from qiao.core.demo import World, build_world

pytestmark = pytest.mark.django_db


@dataclass
class Stage:
    """A stage that counts how often it was built, and may be killed."""

    key: str
    order: int = 0
    is_killed: bool = False
    built: list[dict[str, Any]] = field(default_factory=list)
    shares: dict[str, Any] = field(default_factory=dict)

    def build(self, world: World) -> None:
        if self.is_killed:
            raise KeyboardInterrupt
        self.built.append(dict(world.shared))
        world.shared.update(self.shares)


def silent(_text: str) -> None:
    """Nobody listens."""


def test_a_killed_build_goes_on_with_what_the_stages_before_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = Stage("people", shares={"first": 17})
    tags = Stage("tags", shares={"tag": "旧"})
    moves = Stage("moves", is_killed=True)
    monkeypatch.setattr(demo, "stages", lambda: [people, tags, moves])
    with pytest.raises(KeyboardInterrupt):
        build_world(customers=1, pack="water", progress=silent)
    moves.is_killed = False
    assert build_world(customers=1, pack="water", progress=silent)
    assert people.built == [{}]
    assert tags.built == [{"first": 17}]
    assert moves.built == [{"first": 17, "tag": "旧"}]
    assert not build_world(customers=1, pack="water", progress=silent)
    assert len(moves.built) == 1

"""What a played caller of the demo has on their mind.

It follows from the name of their channel alone, which the played switch draws: the caller who
presses keys and the screen of whoever talks with them know of the same part, and nothing of it is
kept. In a company at work there are no such channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from django.conf import settings

from qiao.core.demo_rhythm import demo_packs
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import DemoScene
from qiao.core.wording import said
from qiao.telephony.models import Call

PLAYED: Final = "played"
"""How the channels of callers begin who ring by themselves."""


@dataclass(frozen=True, slots=True)
class SceneShown:
    """The part of a caller in the reader's language; `mood` is a key of the pack's moods."""

    mood: str
    language: str
    says: str
    wants: str
    asked: str
    glad: str


def scene_at(channel: str, dialled: str) -> DemoScene | None:
    """The part of whoever dialled a number from a channel; None for a channel of anybody else."""
    if not channel.startswith(f"{PLAYED}-"):
        return None
    scenes = _scenes_of(dialled)
    if not scenes:
        return None
    place = crc32(channel.encode()) % sum(scene.weight for scene in scenes)
    for scene in scenes:
        place -= scene.weight
        if place < 0:
            return scene
    return scenes[-1]


def scene_of(call: Call | None) -> SceneShown | None:
    """The part of the caller of a call that came in, in the demo; None anywhere else."""
    if not settings.DEMO or call is None or call.direction == Call.Direction.OUT:
        return None
    scene = scene_at(call.channel, call.dialled)
    if scene is None:
        return None
    spoken = catalogue().languages.get(scene.language)
    return SceneShown(
        scene.mood, said(spoken.name) if spoken else "", said(scene.says), said(scene.wants),
        said(scene.asked), said(scene.glad),
    )  # fmt: skip


def _scenes_of(dialled: str) -> Sequence[DemoScene]:
    """Of a line with a voice menu those who press keys there, of another one those of its
    queue."""
    for demo in (pack.demo for pack in demo_packs()):
        for line in demo.lines:
            if line.number != dialled:
                continue
            if line.menu:
                return [scene for scene in demo.scenes if scene.keys]
            return [scene for scene in demo.scenes if scene.queue == line.queue]
    return ()

"""The part of a played caller beside the contact, for a visitor of the demo who plays the
agent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from qiao.core.actor import Actor
from qiao.telephony.queries import load_controls
from qiao.telephony.queries.scenes import scene_of


def load_scene(*, actor: Actor, interaction_id: int, now: datetime) -> Mapping[str, Any] | None:
    """While the call lasts; None outside the demo."""
    if not settings.DEMO:
        return None
    tool = load_controls(actor=actor, interaction_id=interaction_id, now=now)
    scene = scene_of(tool["row"]) if tool else None
    return {"scene": scene} if scene else None

"""The switch of this installation, for whoever only asks for recordings."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from qiao.telephony.engines.ari import Address, AriEngine
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.port import EngineDown, TelephonyEngine
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_shelf import Shelf


def played_shelf() -> Shelf:
    """Where the played switch keeps recordings: one folder for all processes."""
    return Shelf(Path(settings.HOME) / "switch" / "recordings")


def switch_at_hand() -> TelephonyEngine:
    """An engine of our own, not yet reached. Belongs to the running event loop.

    Raises `EngineDown` where no switch is named, or its address is not told.
    """
    if settings.SWITCH == "played":
        return SimEngine(LoopClock(timezone.now), shelf=played_shelf())
    if settings.SWITCH == "asterisk" and all(settings.ARI):
        return AriEngine(Address(*settings.ARI), timezone.now)
    raise EngineDown("no switch is named: QIAO_SWITCH, ARI_URL, ARI_USER, ARI_PASSWORD")

"""The packs that this installation enables, side by side, read once per process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from qiao.core.packs.load import available_packs, load_pack
from qiao.core.packs.merge import Catalogue, merge
from qiao.core.packs.reading import PackInvalid, PackProblem

FOLDER = Path(__file__).resolve().parents[2] / "packs"


@cache
def catalogue() -> Catalogue:
    """All enabled packs (`QIAO_PACKS`).

    Raises:
        PackInvalid: an enabled pack is missing or has faults.
    """
    found = available_packs(FOLDER)
    missing = [key for key in settings.QIAO_PACKS if key not in found]
    if missing:
        text = f"there is no such pack; known: {', '.join(sorted(found))}"
        raise PackInvalid([PackProblem("QIAO_PACKS", key, text) for key in missing])
    return merge(load_pack(found[key]) for key in settings.QIAO_PACKS)

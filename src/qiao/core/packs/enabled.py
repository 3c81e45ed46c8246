"""The packs that this installation enables, side by side, read once per process."""

from functools import cache

from django.conf import settings

from qiao.core.packs.load import SHIPPED, available_packs, load_pack
from qiao.core.packs.merge import Catalogue, merge
from qiao.core.packs.reading import PackInvalid, PackProblem


@cache
def catalogue() -> Catalogue:
    """All enabled packs (`QIAO_PACKS`).

    Raises:
        PackInvalid: an enabled pack is missing or has faults.
    """
    found = available_packs(SHIPPED)
    missing = [key for key in settings.QIAO_PACKS if key not in found]
    if missing:
        text = f"there is no such pack; known: {', '.join(sorted(found))}"
        raise PackInvalid([PackProblem("QIAO_PACKS", key, text) for key in missing])
    return merge(load_pack(found[key]) for key in settings.QIAO_PACKS)

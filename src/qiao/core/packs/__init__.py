"""Industry packs: data in TOML and Markdown, checked on load, standing side by side."""

from qiao.core.packs.load import SHIPPED, available_packs, load_pack
from qiao.core.packs.merge import Catalogue, merge
from qiao.core.packs.model import CaseType, Field, Pack
from qiao.core.packs.qualify import qualified, qualify
from qiao.core.packs.reading import PackInvalid, PackProblem

__all__ = [
    "SHIPPED",
    "CaseType",
    "Catalogue",
    "Field",
    "Pack",
    "PackInvalid",
    "PackProblem",
    "available_packs",
    "load_pack",
    "merge",
    "qualified",
    "qualify",
]

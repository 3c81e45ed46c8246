"""How an address is visited, and what its ids and forms become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

OK: Final = 200
NOTHING: Final = 204
UNKNOWN: Final = 401
FORBIDDEN: Final = 403
MOVED: Final = 302
GONE: Final = 404
NOT_ALLOWED: Final = 405


@dataclass(frozen=True, slots=True)
class Visit:
    """How an address is visited, and what a colleague of the branch is answered to GET. `hangs`
    are foreign keys by which whoever holds a personal link may add to what the branch holds."""

    args: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    post: Mapping[str, Any] | None = None
    reader: str = "agent"
    sender: str = "agent"
    get: int = OK
    public: bool = False
    own: bool = False
    hangs: frozenset[str] = frozenset()
    writes_on_get: bool = False

    def filled(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with ids in place of words."""
        return {key: value.format_map(ids) for key, value in self.args.items()}


def told(values: Mapping[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form with ids in place of words."""
    return {k: v.format_map(ids) if isinstance(v, str) else v for k, v in values.items()}

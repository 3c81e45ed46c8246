"""Who acts: the one object that every query and operation takes to decide on rights."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Forbidden(Exception):  # noqa: N818 - a refusal, not a fault
    """The actor lacks a permission; `permission` names it."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"permission {permission} is needed")
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, or the system itself, with rights resolved once per request or job.

    `grants` maps a permission (``cases.view``) to the ids of all organisations in which it
    holds, subtrees already unfolded, sorted. `team_ids` are the teams the person works in;
    `homes` are the names of the pages on which their roles begin; `off` are the features that are
    switched off where they work.
    """

    staff_id: int | None
    name: str
    organisation_id: int
    grants: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    team_ids: tuple[int, ...] = ()
    number: str = ""
    title: str = ""
    timezone: str = "Asia/Shanghai"
    homes: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()

    @property
    def person_id(self) -> int:
        """The id of the member of staff. Raises `RuntimeError` for the system itself."""
        if self.staff_id is None:
            raise RuntimeError("this takes a person; the system acted")
        return self.staff_id

    def uses(self, feature: str) -> bool:
        """True unless the feature is switched off in every unit that the person works in."""
        return feature not in self.off

    def can(self, permission: str) -> bool:
        """True if the permission holds in any organisation."""
        return bool(self.grants.get(permission))

    def can_in(self, permission: str, organisation_id: int) -> bool:
        """True if the permission holds in this organisation."""
        return organisation_id in self.grants.get(permission, ())

    def require(self, permission: str, organisation_id: int | None = None) -> None:
        """Raises `Forbidden` unless the permission holds (in that organisation, if given)."""
        held = (
            self.can(permission)
            if organisation_id is None
            else self.can_in(permission, organisation_id)
        )
        if not held:
            raise Forbidden(permission)

    def organisations(self, permission: str) -> tuple[int, ...]:
        """The ids of the organisations in which the permission holds."""
        return self.grants.get(permission, ())

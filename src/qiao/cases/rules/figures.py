"""What a promise comes to for one case: the figures of its type, the tier, and who set them since.

A tier's figure replaces the type's for the same priority; night figures are for everybody alike.
A figure that the company set replaces the pack's in whole. Plain seconds of working time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PRIORITIES: Final = ("urgent", "high", "normal", "low")
ANY: Final = "*"
Targets = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Targets of a promise by priority, and by tier where one is promised something else."""

    targets: Targets
    tiers: Mapping[str, Targets] = field(default_factory=dict)

    def of(self, tier: str) -> dict[str, int]:
        """The targets for a customer of this tier; an empty one stands for nobody's."""
        return {**self.targets, **self.tiers.get(tier, {})}

    def seconds(self, priority: str, tier: str = "") -> int | None:
        """What is owed to a tier at a priority; None where nothing is."""
        targets = self.of(tier)
        return targets.get(priority, targets.get(ANY))

    def data(self) -> dict[str, Any]:
        """As a dated setting keeps it."""
        return {
            "targets": dict(self.targets),
            "tiers": {tier: dict(targets) for tier, targets in self.tiers.items() if targets},
        }


def figures_from_data(data: Mapping[str, Any]) -> Figures:
    """Read what `Figures.data` wrote. Raises `KeyError`."""
    return Figures(dict(data["targets"]), {k: dict(v) for k, v in data["tiers"].items()})


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that differs: for a priority (or any) and a tier (empty: everybody)."""

    tier: str
    priority: str
    before: int | None
    after: int | None

    @property
    def loosens(self) -> bool:
        """Whether less is promised than before: later, or nothing at all."""
        if self.before is None:
            return False
        return self.after is None or self.after > self.before


def differences(before: Figures, after: Figures) -> list[Difference]:
    """What changes for whom; for each tier apart only where it is not what changes for all."""
    found = []
    for tier in ("", *sorted({*before.tiers, *after.tiers})):
        for priority in (*PRIORITIES, ANY):
            was, now = before.seconds(priority, tier), after.seconds(priority, tier)
            if was != now:
                found.append(Difference(tier, priority, was, now))
    return found

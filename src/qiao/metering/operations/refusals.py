"""Why something about readings is not done."""

from qiao.metering.rules.checks import Finding


class NotVisible(Exception):  # noqa: N818 - names the finding
    """There is no such reading, register or route within the actor's sight."""


class ReadingLocked(Exception):  # noqa: N818 - a refusal, not a fault
    """The reading was billed (or another one stands for it): it is not changed, only corrected."""


class StillBackwards(Exception):  # noqa: N818 - a refusal, not a fault
    """The register would stand lower than before; `low` is where it stood."""

    def __init__(self, low: str) -> None:
        super().__init__(low)
        self.low = low


class NotUsable(Exception):  # noqa: N818 - a refusal, not a fault
    """A bill may not rest on readings that wait for a decision or were replaced; names some."""


class CannotEstimate(Exception):  # noqa: N818 - a refusal, not a fault
    """Nothing tells what the register stood at on the day, or it was read then or later."""


class DayBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """The day was billed already, up to the day that is told."""


class RoundOpen(Exception):  # noqa: N818 - a refusal, not a fault
    """Another round of the route is under way, or lies on these days."""


class VisitRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """What a reader brought cannot stand. `code`: ``nothing`` (neither figure nor reason),
    ``reason`` (no such one), ``photo`` (one is needed), ``value`` with what was found."""

    def __init__(self, code: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.findings = findings

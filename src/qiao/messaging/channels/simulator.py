"""A mail server that is none: operators train on it. What an address begins with says what it
does: ``refuse…`` is refused, ``later…`` not taken now, ``lost…`` never answered."""

from qiao.messaging.channels.port import Ambiguous, NotNow, Outgoing, Receipt, Refused


class SimulatedSession:
    """Takes everything but what asks to be refused."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Answer as the address asks for."""
        local = outgoing.to_address.lower()
        if local.startswith("refuse"):
            raise Refused("5.1.1 no such mailbox", 550)
        if local.startswith("later"):
            raise NotNow("4.2.2 mailbox full", 452)
        if local.startswith("lost"):
            raise Ambiguous("timed out")
        return Receipt("2.0.0 taken by the simulator", 250)

    def close(self) -> None:
        """Nothing to let go."""


class Simulator:
    """Stands for a mail server in the demo."""

    key = "email"

    def open(self) -> SimulatedSession:
        """Always there."""
        return SimulatedSession()

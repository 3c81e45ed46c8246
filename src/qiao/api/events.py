"""What becomes known of programs' access."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("api.key_created")
@dataclass(frozen=True, slots=True)
class KeyCreated:
    """A program was given access."""

    key_id: int
    scopes: tuple[str, ...]


@event_type("api.key_rotated")
@dataclass(frozen=True, slots=True)
class KeyRotated:
    """A key has another secret; the former one ends later."""

    key_id: int


@event_type("api.key_revoked")
@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A program's access ended."""

    key_id: int


@event_type("api.endpoint_disabled", topics=("webhooks",))
@dataclass(frozen=True, slots=True)
class EndpointDisabled:
    """Nothing more is sent to an endpoint; `because` as in `Endpoint.Disabled`."""

    endpoint_id: int
    because: str

"""The broker: where it is, and one connection to it whose messages are acknowledged by us.

The session outlives its connection: what is told while nobody listens waits at the broker. A
message is the broker's until it is acknowledged, and is told again to whoever connects next.
"""

import ssl
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

MOST_UNACKNOWLEDGED: Final = 1_000
"""Messages that the broker hands over before the first of them is acknowledged."""
KEPT_SECONDS: Final = 30 * 86_400  # of a session whose listener is away
KEEPALIVE_SECONDS: Final = 30
ANSWERS_SECONDS: Final = 10.0
_REFUSED: Final = 128  # reason codes from here on
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_PROTOCOLS: Final = {"5": aiomqtt.ProtocolVersion.V5, "3.1.1": aiomqtt.ProtocolVersion.V311}
BrokerDown = aiomqtt.MqttError


class BadAddress(ValueError):  # noqa: N818 - a refusal, not a fault
    """This names no broker."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is and as whom it is spoken to; `shown` holds no secret."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_secure: bool
    authority: str | None
    protocol: aiomqtt.ProtocolVersion

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


def read_address(text: str) -> Address:
    """``mqtt://user:password@host:port``, or ``mqtts://`` for TLS; ``?ca=FILE`` names the
    authority of its certificate, ``?protocol=3.1.1`` an older protocol. Raises `BadAddress`."""
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadAddress("expected mqtt://HOST or mqtts://HOST")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    protocol = _PROTOCOLS.get(query.pop("protocol", "5"))
    authority = query.pop("ca", None)
    if protocol is None or query:
        raise BadAddress("known after the question mark: ca, and protocol 5 or 3.1.1")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise BadAddress(str(error)) from error
    return Address(
        parts.hostname,
        port,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        parts.scheme == "mqtts",
        authority,
        protocol,
    )


def _number_of(code: Any) -> int:
    """A reason code as a number; the older protocol tells it so."""
    return int(getattr(code, "value", code))


class Session:
    """A connection of our session, for a block. Raises `BrokerDown` wherever it breaks."""

    def __init__(self, address: Address, client_id: str) -> None:
        is_new = address.protocol is aiomqtt.ProtocolVersion.V5
        about: dict[str, Any] = {"clean_session": False}
        if is_new:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = KEPT_SECONDS
            properties.ReceiveMaximum = MOST_UNACKNOWLEDGED
            about = {"clean_start": False, "properties": properties}
        if address.is_secure:
            about["tls_context"] = ssl.create_default_context(cafile=address.authority)
        self._client = aiomqtt.Client(
            address.host, address.port, username=address.user, password=address.password,
            identifier=client_id, protocol=address.protocol, keepalive=KEEPALIVE_SECONDS,
            timeout=ANSWERS_SECONDS, **about,
        )  # fmt: skip
        # The library has no word of its own for it: else each is acknowledged when it is heard.
        self._wire = self._client._client  # noqa: SLF001
        self._wire.manual_ack_set(True)  # noqa: FBT003 - the library's own form

    async def __aenter__(self) -> Self:
        """Connect."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave; the session stays."""
        await self._client.__aexit__(kind, error, trace)

    async def ask_for(self, topics: Iterable[str]) -> list[str]:
        """Ask for topics by their filters; those that the broker refuses."""
        refused = []
        for topic in topics:
            codes = await self._client.subscribe(topic, qos=1)
            if any(_number_of(code) >= _REFUSED for code in codes):
                refused.append(topic)
        return refused

    async def ask_no_more(self, topics: Iterable[str]) -> None:
        """Ask for topics no more."""
        for topic in topics:
            await self._client.unsubscribe(topic)

    async def messages(self) -> AsyncIterator[aiomqtt.Message]:
        """What the broker tells, in its order, until the connection breaks."""
        async for message in self._client.messages:
            yield message

    def acknowledge(self, messages: Iterable[aiomqtt.Message]) -> None:
        """Tell the broker that it may forget messages, in the order in which they were told."""
        for message in messages:
            if message.qos:
                self._wire.ack(message.mid, message.qos)

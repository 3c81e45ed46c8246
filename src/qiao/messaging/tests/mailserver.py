"""A real mail server on this machine that also has bad days, with all that it took."""
# ruff: noqa: ARG002, N802 - the names and arguments are the library's

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from email.message import EmailMessage


class MailServer:
    """What the server does: `refuses` and `delays` are told by receiver, the rest by command."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.refused: dict[str, str] = {}  # receiver -> answer
        self.refuse_all = ""
        self.sender_answer = ""
        self.refused_texts: dict[str, str] = {}  # receiver -> answer
        self.drop_after_text = False
        self.hang_seconds = 0.0
        self.connections = 0
        self.port = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = self.refuse_all or self.refused.get(address, "")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for receiver in envelope.rcpt_tos:
            if receiver in self.refused_texts:
                return self.refused_texts[receiver]
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        self.receivers += envelope.rcpt_tos
        if self.drop_after_text:
            transport: Any = server.transport
            transport.abort()
        if self.hang_seconds:
            await asyncio.sleep(self.hang_seconds)
        return "250 2.0.0 taken as 4711"


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextmanager
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A server that the settings name while it runs."""
    handler = MailServer()
    handler.port = _free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", handler.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
    try:
        yield handler
    finally:
        controller.stop()

"""E-mail by SMTP, with Django's e-mail settings; one connection for a batch.

The steps of the protocol are taken one by one, so that it is known what a broken connection means:
before the last dot the message was not taken, after it nobody knows (RFC 5321, 4.2.5).
"""

import contextlib
import re
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from qiao.messaging.channels.port import (
    Ambiguous,
    ChannelDown,
    NotNow,
    Outgoing,
    Receipt,
    Refused,
    Unmade,
)

PERMANENT: Final = 500
GO_AHEAD: Final = 354
TAKEN: Final = 250
# Not the receiver's fault: relaying denied, authentication, policy (RFC 3463, X.7.x).
_POLICY: Final = re.compile(r"\b5\.7\.\d+\b|relay", re.IGNORECASE)
_CONTENT: Final = re.compile(r"\b5\.(3|6)\.\d+\b")
BROKEN: Final = (OSError, smtplib.SMTPServerDisconnected, ssl.SSLError)


def compose(outgoing: Outgoing) -> EmailMessage:
    """The e-mail as it is sent: plain text, threaded by its subject, marked as what it is."""
    mail = EmailMessage()
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    local, _at, domain = address.rpartition("@")
    mail["From"] = Address(outgoing.sender or name, local, domain)
    to_local, _at, to_domain = outgoing.to_address.rpartition("@")
    mail["To"] = Address(outgoing.to_name, to_local, to_domain)
    mail["Subject"] = outgoing.title
    mail["Date"] = format_datetime(timezone.localtime())
    mail["Message-ID"] = f"<{outgoing.message_ref}>"
    if outgoing.thread:
        mail["References"] = mail["In-Reply-To"] = f"<{outgoing.thread}>"
    mail["Content-Language"] = outgoing.language
    if outgoing.is_automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if outgoing.is_bulk:
        mail["Precedence"] = "bulk"
    if outgoing.stop_url:
        mail["List-Unsubscribe"] = f"<{outgoing.stop_url}>"
        if outgoing.stop_url.startswith("https:"):  # by RFC 8058 a program posts to no other
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(outgoing.body)
    for file in outgoing.files:
        main, _slash, sub = file.content_type.partition("/")
        mail.add_attachment(
            file.read(),
            maintype=main,
            subtype=sub or "octet-stream",
            filename=file.file_name,
        )
    return mail


def _wired(outgoing: Outgoing) -> bytes:
    """The e-mail in the form of the wire. Raises `Unmade`."""
    try:
        mail = compose(outgoing)
        return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    except (ValueError, MessageError, OSError) as error:
        raise Unmade(str(error)) from error


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


class SmtpSession:
    """An open connection to the mail server."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    @property
    def _wire(self) -> Any:
        return self._backend.connection

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one message over."""
        content = _wired(outgoing)
        try:
            self._envelope(outgoing)
            code, words = self._ask("data")
        except BROKEN as error:
            raise self._down(error) from error
        if code != GO_AHEAD:
            self._reset()
            self._say_no(code, words)
        return self._text(content)

    def _envelope(self, outgoing: Outgoing) -> None:
        code, words = self._wire.mail(self._sender)
        if code != TAKEN:
            self._reset()
            raise ChannelDown("refusing", _text(words), code)
        code, words = self._wire.rcpt(outgoing.to_address)
        if code not in (TAKEN, 251):
            self._reset()
            self._say_no(code, words)

    def _ask(self, command: str) -> tuple[int, bytes]:
        self._wire.putcmd(command)
        found: tuple[int, bytes] = self._wire.getreply()
        return found

    def _text(self, content: bytes) -> Receipt:
        dotted = smtplib._quote_periods(content)  # type: ignore[attr-defined]  # noqa: SLF001 - as its `data` does
        if not dotted.endswith(b"\r\n"):
            dotted += b"\r\n"
        try:
            self._wire.send(dotted)
        except BROKEN as error:  # the last dot was not sent
            raise self._down(error) from error
        try:
            self._wire.send(b".\r\n")
            code, words = self._wire.getreply()
        except BROKEN as error:
            raise Ambiguous(str(error)) from error
        if code != TAKEN:
            self._reset()
            self._say_no(code, words, is_text=True)
        return Receipt(_text(words), code)

    def _say_no(self, code: int, words: bytes, *, is_text: bool = False) -> None:
        """What a refusal means. A policy that refuses a text is about this text alone: were it
        about the channel, one message would hold up all others."""
        said = _text(words)
        if code < PERMANENT:
            if code == 421:
                raise ChannelDown("down", said, code)
            raise NotNow(said, code)
        if not is_text and _POLICY.search(said):
            raise ChannelDown("refusing", said, code)
        raise Refused(said, code, is_address=not is_text and not _CONTENT.search(said))

    def _reset(self) -> None:
        with contextlib.suppress(*BROKEN):
            self._wire.rset()

    def _down(self, error: Exception) -> ChannelDown:
        return ChannelDown("slow" if isinstance(error, TimeoutError) else "down", str(error))

    def close(self) -> None:
        """Say goodbye."""
        with contextlib.suppress(Exception):
            self._backend.close()


class Smtp:
    """The mail server of the settings."""

    key = "email"

    def open(self) -> SmtpSession:
        """Connect, with TLS and sign-in as configured."""
        if not settings.EMAIL_HOST:
            raise ChannelDown("unset", "QIAO_SMTP_HOST")
        backend = EmailBackend(fail_silently=False)
        try:
            backend.open()
            backend.connection.ehlo_or_helo_if_needed()  # type: ignore[union-attr]
        except TimeoutError as error:
            raise ChannelDown("slow", str(error)) from error
        except smtplib.SMTPResponseException as error:
            raise ChannelDown("refusing", _text(error.smtp_error), error.smtp_code) from error
        except (*BROKEN, smtplib.SMTPException) as error:
            raise ChannelDown("down", str(error)) from error
        return SmtpSession(backend)

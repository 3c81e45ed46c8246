"""A switch that speaks SIP through a websocket, as much of it as a telephone in the browser hears:
it takes telephones on by digest (RFC 3261, 7118), rings them, and hangs up. Its sound is whoever's
session description it is given.
"""

import asyncio
import hashlib
import re
import secrets
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from aiohttp import WSMsgType, web

REALM: Final = "asterisk"
WAITS: Final = 30  # seconds until a step that does not come is a fault
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer."""

    first: str
    heads: dict[str, list[str]]
    body: str

    @classmethod
    def read(cls, text: str) -> "Message":
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        heads: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            heads.setdefault(name.strip().lower(), []).append(value.strip())
        return cls(first, heads, body)

    def __getitem__(self, name: str) -> str:
        return self.heads.get(name, [""])[0]

    @property
    def status(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self["cseq"].split()[-1]


@dataclass
class Dialog:
    """A call to a telephone; futures tell when it came so far."""

    call_id: str
    target: str
    socket: web.WebSocketResponse
    ours: str
    theirs: str = ""
    rings: Future[bool] = field(default_factory=Future)
    answered: Future[str] = field(default_factory=Future)
    """The telephone's session description, or an empty one where it refused."""
    over: Future[str] = field(default_factory=Future)
    """Who hung up: ``phone`` or ``switch``."""


class SipSwitch:
    """The double, with a thread and a loop of its own."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.signed_on: list[str] = []
        """Every time that a telephone was taken on, by its name."""
        self.refused = 0
        self.port = 0
        self._contacts: dict[str, tuple[str, web.WebSocketResponse]] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._dialogs: dict[str, Dialog] = {}
        self._nonces: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._do(self._serve())

    def stop(self) -> None:
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def invite(self, user: str, sdp: str, *, number: str, call: str = "") -> Dialog:
        """Ring a telephone that is signed on."""
        return self._do(self._invite(user, sdp, number, call))

    def hang_up(self, dialog: Dialog) -> None:
        """End a call that was answered."""
        self._do(self._say(dialog, "BYE", 2))
        if not dialog.over.done():
            dialog.over.set_result("switch")

    def is_on(self, user: str) -> bool:
        """Whether a telephone is signed on."""
        return user in self._contacts

    def cut(self) -> int:
        """Lose all lines; how many there were."""
        return self._do(self._cut())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAITS)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/ws", self._talk)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None  # noqa: SLF001 - the port that was free
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # noqa: SLF001

    async def _cut(self) -> int:
        cut = list(self._sockets)
        for socket in cut:
            transport = socket._req.transport if socket._req else None  # noqa: SLF001
            if transport is not None:
                transport.abort()
        return len(cut)

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT and frame.data.strip():
                    await self._hear(Message.read(frame.data), socket)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _hear(self, message: Message, socket: web.WebSocketResponse) -> None:
        dialog = self._dialogs.get(message["call-id"])
        if message.status:
            if dialog and message.method == "INVITE":
                await self._follow(dialog, message)
            return
        if message.method == "REGISTER":
            await self._take_on(message, socket)
        elif message.method != "ACK":
            await self._answer(message, socket, "200 OK")
            if message.method == "BYE" and dialog and not dialog.over.done():
                dialog.over.set_result("phone")

    async def _take_on(self, message: Message, socket: web.WebSocketResponse) -> None:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', message["authorization"]))
        user = given.get("username", "")
        if given.get("nonce") not in self._nonces or not self._is_right(given):
            self.refused += bool(given)
            nonce = secrets.token_hex(8)
            self._nonces.add(nonce)
            asks = f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'
            await self._answer(message, socket, "401 Unauthorized", f"WWW-Authenticate: {asks}")
            return
        contact = message["contact"]
        uri = re.findall(r"<([^>]+)>", contact)[0]
        if "expires=0" in contact or message["expires"] == "0":
            self._contacts.pop(user, None)
            await self._answer(message, socket, "200 OK")
            return
        self._contacts[user] = (uri, socket)
        self.signed_on.append(user)
        await self._answer(message, socket, "200 OK", f"Contact: <{uri}>;expires=120")

    def _is_right(self, given: dict[str, str]) -> bool:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - what SIP asks for

        secret = self.secrets.get(given.get("username", ""), secrets.token_hex())
        whose = md5(f"{given.get('username')}:{REALM}:{secret}")
        what = md5(f"REGISTER:{given.get('uri')}")
        middle = f"{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:{given.get('qop')}"
        return md5(f"{whose}:{middle}:{what}") == given.get("response")

    async def _answer(
        self, message: Message, socket: web.WebSocketResponse, status: str, *more: str
    ) -> None:
        to = message["to"] if "tag=" in message["to"] else f"{message['to']};tag=double"
        vias = [f"Via: {each}" for each in message.heads["via"]]
        lines = [
            f"SIP/2.0 {status}", *vias, f"From: {message['from']}", f"To: {to}",
            f"Call-ID: {message['call-id']}", f"CSeq: {message['cseq']}", *more,
            "Content-Length: 0",
        ]  # fmt: skip
        await socket.send_str("\r\n".join(lines) + "\r\n\r\n")

    async def _invite(self, user: str, sdp: str, number: str, call: str) -> Dialog:
        target, socket = self._contacts[user]
        ours = f"<sip:{number}@127.0.0.1>;tag={secrets.token_hex(4)}"
        dialog = Dialog(secrets.token_hex(8), target, socket, ours, f"<{target}>")
        self._dialogs[dialog.call_id] = dialog
        more = [f"X-Qiao-Call: {call}"] if call else []
        more.append("Content-Type: application/sdp")
        await self._say(dialog, "INVITE", 1, *more, body=sdp)
        return dialog

    async def _follow(self, dialog: Dialog, message: Message) -> None:
        if message.status >= 200:
            dialog.theirs = message["to"]
            await self._say(dialog, "ACK", 1)
        if message.status == 180 and not dialog.rings.done():
            dialog.rings.set_result(True)
        elif message.status >= 200 and not dialog.answered.done():
            dialog.answered.set_result(message.body if message.status == 200 else "")

    async def _say(
        self, dialog: Dialog, method: str, number: int, *more: str, body: str = ""
    ) -> None:
        lines = [
            f"{method} {dialog.target} SIP/2.0",
            f"Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK{secrets.token_hex(6)}",
            "Max-Forwards: 70", f"From: {dialog.ours}", f"To: {dialog.theirs}",
            f"Call-ID: {dialog.call_id}", f"CSeq: {number} {method}",
            f"Contact: <sip:switch@127.0.0.1:{self.port};transport=ws>", *more,
            f"Content-Length: {len(body.encode())}",
        ]  # fmt: skip
        user = next((u for u, (uri, _s) in self._contacts.items() if uri == dialog.target), "")
        socket = self._contacts[user][1] if user else dialog.socket
        await socket.send_str("\r\n".join(lines) + "\r\n\r\n" + body)


OFFER: Final = """async () => {
  const peer = new RTCPeerConnection();
  const voice = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of voice.getTracks()) peer.addTrack(track, voice);
  const found = new Promise((done) => {
    peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && done();
  });
  await peer.setLocalDescription();
  await found;
  window.peer = peer;
  return peer.localDescription.sdp;
}"""
"""The other side: a WebRTC of its own, whose session description the switch passes on."""
TAKE: Final = "(sdp) => window.peer.setRemoteDescription({ type: 'answer', sdp })"
HEARD: Final = """async (least) => {
  let heard = 0;
  for (const each of (await window.peer.getStats()).values()) {
    if (each.type === "inbound-rtp") heard += each.packetsReceived;
  }
  return heard >= least;
}"""
FLOWS: Final = """async ([sent, heard]) => {
  const flow = await window.qiaoSoftphone.flow();
  return flow.sent >= sent && flow.heard >= heard;
}"""

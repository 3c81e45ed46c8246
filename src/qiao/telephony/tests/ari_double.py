"""A switch's REST interface and websocket that play a recorded scenario back.

The recording is the script: what the switch said is said again, up to the next call that the
recorded controller made, which then must come, with the same method, path and query. What was
heard before its answer is said before its answer. Names that the caller chooses take the place of
the recorded ones.
"""

import asyncio
import io
import json
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order

CLOSES = "websocket closed by the app"
TARGETS = r"/(?:channels|bridges|playbacks|recordings/live)/"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the recorded controller, and what the switch answered."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    answer: Any
    began: float
    answered: float


Row = tuple[str, Any, float]
"""``event`` with its data, ``call`` with a `Call`, ``close``; and when."""


def script(path: Path, until: str = "cleanup") -> list[Row]:
    """The rows of a recording in their true order, up to its clearing up or an earlier note."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    rows: list[Row] = []
    for line in sorted(lines, key=lambda each: float(each["t"])):
        kind, moment = line["dir"], float(line["t"])
        if kind == "note" and line["note"].startswith(("cleanup", until)):
            break
        if kind == "note" and line["note"].startswith(CLOSES):
            rows.append(("close", None, moment))
        elif kind == "event":
            rows.append(("event", line["event"], moment))
        elif kind == "rest":
            rows.append(("call", _call(line), moment))
    return rows


def _call(line: dict[str, Any]) -> Call:
    query = {key: str(value) for key, value in line["query"].items()}
    began = float(line["t"])
    return Call(
        line["method"], line["path"], query, line["status"], line["response"], began,
        began + float(line.get("ms", 0)) / 1000,
    )  # fmt: skip


def order_of(call: Call) -> Order | None:
    """The order that makes a recorded call; None for one that the engine never makes."""
    if call.path == "/channels/create":
        role, _, about = call.query["appArgs"].partition(",")
        query = call.query
        return switch.Create(
            query["channelId"], query["endpoint"], role, about, "", query.get("originator", "")
        )
    found = re.fullmatch(r"/(channels|bridges|playbacks|recordings/live)/([^/]+)(/.*)?", call.path)
    if found is None:
        return None
    place, name, rest = found.groups()
    maker = _MAKERS.get((call.method, place, (rest or "").split("/")[1] if rest else ""))
    return maker(name, rest or "", call.query) if maker else None


def _last(rest: str) -> str:
    return rest.rpartition("/")[2]


_MAKERS: dict[tuple[str, str, str], Any] = {
    ("POST", "channels", "answer"): lambda c, _r, _q: switch.Answer(c),
    ("DELETE", "channels", ""): lambda c, _r, q: switch.HangUp(c, q.get("reason_code") == "26"),
    ("POST", "channels", "play"): lambda c, r, q: (
        switch.Play(c, _last(r), tuple(q["media"].split(","))) if r.count("/") == 2 else None
    ),
    ("DELETE", "playbacks", ""): lambda p, _r, _q: switch.StopPlaying(p),
    ("POST", "channels", "dial"): lambda c, _r, q: switch.Dial(
        c, int(q["timeout"]), q.get("caller", "")
    ),
    ("POST", "bridges", ""): lambda b, _r, q: switch.MakeBridge(
        b, "holding" if q["type"] == "holding" else "mixing"
    ),
    ("DELETE", "bridges", ""): lambda b, _r, _q: switch.EndBridge(b),
    ("POST", "bridges", "addChannel"): lambda b, _r, q: switch.Join(
        b, tuple(q["channel"].split(","))
    ),
    ("POST", "bridges", "removeChannel"): lambda b, _r, q: switch.Leave(b, q["channel"]),
    ("POST", "bridges", "moh"): lambda b, _r, _q: switch.Music(b, True),
    ("DELETE", "bridges", "moh"): lambda b, _r, _q: switch.Music(b, False),
    ("POST", "channels", "moh"): lambda c, _r, _q: switch.HoldMusic(c, True),
    ("DELETE", "channels", "moh"): lambda c, _r, _q: switch.HoldMusic(c, False),
    ("POST", "channels", "ring"): lambda c, _r, _q: switch.RingTone(c, True),
    ("DELETE", "channels", "ring"): lambda c, _r, _q: switch.RingTone(c, False),
    ("POST", "channels", "mute"): lambda c, _r, _q: switch.Mute(c, True),
    ("DELETE", "channels", "mute"): lambda c, _r, _q: switch.Mute(c, False),
    ("POST", "bridges", "record"): lambda b, _r, q: switch.Record(b, q["name"]),
    ("POST", "recordings/live", "pause"): lambda n, _r, _q: switch.PauseRecording(n, True),
    ("DELETE", "recordings/live", "pause"): lambda n, _r, _q: switch.PauseRecording(n, False),
    ("POST", "recordings/live", "stop"): lambda n, _r, _q: switch.StopRecording(n),
    ("POST", "channels", "snoop"): lambda c, r, q: switch.Snoop(
        c, _last(r), q.get("whisper") == "out"
    ),
    ("POST", "channels", "variable"): lambda c, _r, q: (
        switch.KeepTransfers(c) if q["variable"].startswith("PJSIP_TRANSFER") else None
    ),
    ("POST", "channels", "transfer_progress"): lambda c, _r, q: switch.TellTransfer(
        c, q["states"]
    ),
}
NEVER_SENT = {"timeout", "mohClass", "app", "beep", "reason"}  # the recorder's own taste


@dataclass
class AriDouble:
    """Plays one script to one engine."""

    rows: list[Row]
    at: int = 0
    names: dict[str, str] = field(default_factory=dict)  # of the caller, to the recorded ones
    wrong: list[str] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    forgotten: set[str] = field(default_factory=set)  # recordings that the switch was to let go
    _since: int = 0  # the row after the last call or lost line: what is looked at stands after it
    _listened: asyncio.Event = field(default_factory=asyncio.Event)

    def orders(self) -> Iterator[tuple[Call, Order]]:
        """The calls of the script that an engine makes, in their order."""
        for kind, value, _moment in self.rows:
            if kind == "call" and (order := order_of(value)) is not None:
                yield value, order

    def application(self) -> web.Application:
        """The interface."""
        app = web.Application()
        app.router.add_get("/ari/events", self._events)
        app.router.add_route("*", "/ari/{path:.*}", self._rest)
        return app

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query["api_key"] == "qiao:secret"
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        self._listened.set()
        await self._advance()
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                break
        return self.socket

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        if request.method == "GET":
            return self._seen(path)
        if request.method == "PUT":
            return web.json_response({})
        if path.startswith("/recordings/stored/"):  # the recorder never let any go
            is_known = self._seen(f"{path}/file").status == 200
            self.forgotten.add(path.rpartition("/")[2])
            return web.Response(status=204 if is_known else 404)
        await self._listened.wait()  # the recorder waited for its line too
        call = self._next_call()
        if call is None:
            self.wrong.append(f"{request.method} {path} after the end")
            return web.json_response({"message": "the script is over"}, status=500)
        self._compare(call, request.method, path, dict(request.query))
        self.at += 1
        self._since = self.at
        await self._say(lambda moment: moment < call.answered)
        self._soon()
        if call.status == 204:
            return web.Response(status=204)
        return web.json_response(call.answer, status=call.status)

    def _next_call(self) -> Call | None:
        while self.at < len(self.rows):
            kind, value, _moment = self.rows[self.at]
            if kind == "call" and order_of(value) is not None:
                found: Call = value
                return found
            self.at += 1
        return None

    def _compare(self, call: Call, method: str, path: str, query: dict[str, str]) -> None:
        """The call must be the recorded one, but for the names in it, which are learnt."""
        recorded, given = call.path.split("/"), path.split("/")
        if method != call.method or len(recorded) != len(given):
            self.wrong.append(f"{method} {path} instead of {call.method} {call.path}")
            return
        for was, now in zip(recorded, given, strict=True):
            self._learn(was, now)
        named = {"name"} if path.endswith("/record") else set()  # a bridge's is for people
        for key in call.query.keys() - (NEVER_SENT | ({"name"} - named)):
            ours, theirs = query.get(key, "").split(","), call.query[key].split(",")
            if key == "type":  # with or without the keys of those who talk
                ours, theirs = ours[:1], theirs[:1]
            if len(ours) != len(theirs):
                self.wrong.append(f"{path}: {key} is {query.get(key)!r}, not {call.query[key]!r}")
                continue
            for one, other in zip(theirs, ours, strict=True):
                self._learn(one, other)

    def _learn(self, was: str, now: str) -> None:
        if was != now and self.names.setdefault(was, now) != now:
            self.wrong.append(f"{now} instead of {self.names[was]}")

    def _soon(self) -> None:
        """Go on once the answer is on its way."""
        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self._advance()))

    async def _advance(self) -> None:
        """Say what comes before the next call."""
        await self._say(lambda _moment: True)

    def _waits(self, index: int) -> bool:
        """Whether a row stands for an order that has to come before anything else is said."""
        kind, value, _moment = self.rows[index]
        return kind == "call" and order_of(value) is not None

    async def _say(self, is_due: Any) -> None:
        while self.at < len(self.rows) and not self._waits(self.at):
            kind, value, moment = self.rows[self.at]
            if not is_due(moment):
                return
            self.at += 1
            if kind == "event" and self.socket is not None and not self.socket.closed:
                await self.socket.send_str(self._renamed(value))
            elif kind == "close" and self.socket is not None:
                self._since = self.at
                self._listened.clear()
                await self.socket.close()
                return

    def _renamed(self, event: dict[str, Any]) -> str:
        text = json.dumps(event, ensure_ascii=False)
        for was, now in self.names.items():
            text = text.replace(json.dumps(was), json.dumps(now))
        return text

    def _seen(self, path: str) -> web.StreamResponse:
        """What a look around was answered next, or before."""
        if path.endswith("/file") and path.split("/")[-2] in self.forgotten:
            return web.json_response({"message": "Recording not found"}, status=404)
        recorded = {now: was for was, now in self.names.items()}
        path = "/".join(recorded.get(part, part) for part in path.split("/"))
        rows = [*self.rows[self._since :], *reversed(self.rows[: self._since])]
        for kind, value, _moment in rows:
            if kind == "call" and value.method == "GET" and value.path == path:
                if path.endswith("/file"):
                    return web.Response(body=sound_told(value.answer), content_type="audio/wav")
                return web.Response(
                    text=self._renamed(value.answer), content_type="application/json"
                )
        return web.json_response({"message": "not recorded"}, status=404)


def sound_told(answer: str) -> bytes:
    """A sound as long as the recorded one, of which only the length is told."""
    target = io.BytesIO()
    size = int(answer.removeprefix("<").partition(" ")[0])
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(size - 44))
    return target.getvalue()

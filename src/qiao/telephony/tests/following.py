"""A double that follows whoever conducts a call, where a recording stood still for one order.

The product's rules give the orders that the recorded controller gave, but some of them sooner or
later, some never, and some of their own. An order finds the recorded call that means the same; the
switch's words go on as far as all calls before them were made. What nobody recorded is answered as
a switch does that has no objection, and told in `beyond`.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any, Final

from aiohttp import web

from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Order
from qiao.telephony.tests.ari_double import AriDouble, Call, Row, order_of

NAMES: Final = ("channel", "bridge", "playback", "recording", "snoop")
FACTS: Final = ("endpoint", "kind", "on", "whispers")  # others are told in names, or are taste


def as_created(rows: list[Row]) -> list[Row]:
    """The recording as if calls had been created and dialled where they were originated at once.

    The product never originates: a channel that it creates arrives before it is dialled. All that
    the switch said after that stands as it was; only the arrival is moved.
    """
    found: list[Row] = []
    made: set[str] = set()
    for kind, value, moment in rows:
        if kind == "call" and _originates(value):
            name = value.path.rpartition("/")[2]
            query = {**value.query, "channelId": name}
            create = Call(
                "POST", "/channels/create", query, value.status, value.answer, value.began,
                value.began,
            )  # fmt: skip
            found.append(("call", create, moment))
            if value.status == 200:
                made.add(name)
                found += [
                    ("event", _arrival(value, name), moment),
                    ("call", Call("POST", f"/channels/{name}/dial", {
                        "timeout": query["timeout"]}, 204, None, moment, moment), moment),
                ]  # fmt: skip
        elif not _arrives(kind, value, made):
            found.append((kind, value, moment))
    return found


def _originates(call: Call) -> bool:
    is_one = re.fullmatch(r"/channels/[^/]+", call.path) and call.method == "POST"
    return bool(is_one) and call.path != "/channels/create"


def _arrival(call: Call, name: str) -> dict[str, Any]:
    args = call.query["appArgs"].split(",")
    return {
        "type": "StasisStart", "args": args, "timestamp": call.answer["creationtime"],
        "channel": {**call.answer, "id": name},
    }  # fmt: skip


def _arrives(kind: str, value: Any, made: set[str]) -> bool:
    return kind == "event" and value["type"] == "StasisStart" and value["channel"]["id"] in made


@dataclass
class FollowingDouble(AriDouble):
    """Plays one script to whoever conducts; `never` are recorded calls that are not to be waited
    for, as expressions of ``METHOD /path status name``; `imagined` are telephones that no
    recording has; `presses` are keys pressed by whom something is said to beyond the recording."""

    never: tuple[str, ...] = ()
    imagined: frozenset[str] = frozenset()
    presses: str = ""
    beyond: Counter[str] = field(default_factory=Counter)
    _taken: set[int] = field(default_factory=set)
    _over: set[str] = field(default_factory=set)  # bridges whose names the recorder gives again
    _played: dict[str, str] = field(default_factory=dict)  # imagined channels, to their state
    _numbers: "count[int]" = field(default_factory=count)

    @property
    def missed(self) -> list[str]:
        """Recorded calls that nobody made."""
        return [_told(row[1]) for i, row in enumerate(self.rows) if self._waits(i)]

    @property
    def is_over(self) -> bool:
        return self.at >= len(self.rows)

    def _waits(self, index: int) -> bool:
        """Whether a row is a call that is still to come."""
        kind, call, _moment = self.rows[index]
        if kind != "call" or index in self._taken or order_of(call) is None:
            return False
        return not any(re.fullmatch(each, _told(call)) for each in self.never)

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        if request.method in ("GET", "PUT") or path.startswith("/recordings/stored/"):
            return await super()._rest(request)
        await self._listened.wait()
        made = order_of(Call(request.method, path, dict(request.query), 0, None, 0, 0))
        is_played = getattr(made, "channel", "") in self._played
        index = None if is_played else self._place_of(made)
        if made is None or index is None:
            return await self._unrecorded(made, f"{request.method} {path}")
        call: Call = self.rows[index][1]
        self._taken.add(index)
        self._bind(order_of(call), made)
        self._since = max(self._since, index + 1)
        await self._say(lambda moment: moment < call.answered)
        self._soon()
        if call.status == 204:
            return web.Response(status=204)
        return web.Response(
            text=self._renamed(call.answer), status=call.status, content_type="application/json"
        )

    def _place_of(self, made: Order | None) -> int | None:
        return next((i for i in range(len(self.rows)) if self._is(i, made)), None)

    def _is(self, index: int, made: Order | None) -> bool:
        """Whether a recorded call that waits means what was ordered."""
        if not self._waits(index):
            return False
        recorded = order_of(self.rows[index][1])
        if type(recorded) is not type(made):
            return False
        facts = {each.name for each in fields(made)} if made else set()
        return (
            all(getattr(recorded, f) == getattr(made, f) for f in facts & set(FACTS))
            and all(self._may_be(was, now) for was, now in _names(recorded, made))
            and (not isinstance(made, switch.Join) or self._has_all(recorded, made))
        )

    def _may_be(self, was: str, now: str) -> bool:
        known = "" if was in self._over else self.names.get(was, was if was == now else "")
        return known == now if known else now not in self.names.values()

    def _has_all(self, recorded: Order | None, made: switch.Join) -> bool:
        """Whether all that were put together are put together now; more may be."""
        assert isinstance(recorded, switch.Join)
        return {self.names.get(each, each) for each in recorded.channels} <= set(made.channels)

    def _bind(self, recorded: Order | None, made: Order) -> None:
        for was, now in _names(recorded, made):
            if was != now:
                self.names[was] = now
                self._over.discard(was)
        if isinstance(recorded, switch.EndBridge):
            self._over.add(recorded.bridge)

    async def _unrecorded(self, made: Order | None, told: str) -> web.StreamResponse:
        """What nobody recorded is done; an imagined telephone is played."""
        channel = getattr(made, "channel", "")
        if isinstance(made, switch.Create) and made.endpoint in self.imagined:
            self._played[channel] = "Down"
            await self._tell(channel, "StasisStart", args=[made.role, made.about])
        elif isinstance(made, switch.Dial) and channel in self._played:
            for state in ("Ringing", "Up"):
                self._played[channel] = state
                await self._tell(channel, "ChannelStateChange")
        elif isinstance(made, switch.HangUp) and channel in self._played:
            await self._tell(channel, "StasisEnd")
        else:
            self.beyond[type(made).__name__ if made else told] += 1
        for key in self.presses if isinstance(made, switch.Play) else "":
            await self._tell(channel, "ChannelDtmfReceived", digit=key)
        self._soon()
        return web.json_response({"id": channel})

    async def _tell(self, channel: str, kind: str, **more: Any) -> None:
        assert self.socket is not None
        moment = f"2026-11-21T23:00:{next(self._numbers):02d}.000+0000"
        about = {"id": channel, "state": self._played.get(channel, "Up")}
        event = {"type": kind, "timestamp": moment, "channel": about, **more}
        await self.socket.send_str(json.dumps(event))


def _told(call: Call) -> str:
    """A call in short, with the name that is only in its query."""
    name = next((call.query[n] for n in ("channelId", "channel", "name") if n in call.query), "")
    return f"{call.method} {call.path} {call.status} {name}".rstrip()


def _names(recorded: Order | None, made: Order | None) -> list[tuple[str, str]]:
    """Names that stand for each other."""
    return [(getattr(recorded, n), getattr(made, n)) for n in NAMES if hasattr(made, n)]

"""Programs for tests: keys made by the operations, and a client that calls with one."""

import itertools
import json
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from qiao.api.operations import create_key
from qiao.api.rules.scopes import SCOPES
from qiao.core.actor import Actor

_serial = itertools.count(1)


def make_key(actor: Actor, *, scopes: Any = None, now: datetime | None = None, **more: Any) -> str:
    """A key of the actor's unit with these scopes, all by default; as a program sends it."""
    made = create_key(
        actor=actor,
        now=now or timezone.now(),
        organisation_id=more.pop("organisation_id", actor.organisation_id),
        name=more.pop("name", "Station"),
        scopes=SCOPES if scopes is None else scopes,
        **more,
    )
    return made.secret.text


class Program:
    """Another system: calls with its key, each write under an Idempotency-Key of its own."""

    def __init__(self, key: str, *, language: str = "en", address: str = "127.0.0.1") -> None:
        self.client = Client(raise_request_exception=False, REMOTE_ADDR=address)
        self.heads = {"Accept-Language": language}
        if key:
            self.heads["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/v1."""
        return self.client.get(f"/api/v1{path}", query, headers=self.heads)

    def post(self, path: str, body: Any, *, method: str = "post", **heads: str) -> Any:
        """POST (or PATCH) of a JSON body."""
        own = {"Idempotency-Key": f"test-key-{next(_serial):06}"}
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return getattr(self.client, method)(
            f"/api/v1{path}",
            content,
            content_type="application/json",
            headers={**self.heads, **own, **heads},
        )

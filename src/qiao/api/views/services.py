"""The service catalogue: what can be called, by whom, and how it went; and the reference."""

import json
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from qiao.api import queries
from qiao.api.models import ApiKey
from qiao.api.rules.scopes import SCOPES as KNOWN
from qiao.api.views.keys import MANAGE
from qiao.api.views.openapi import document
from qiao.api.views.v1 import SERVICES, Service
from qiao.api.views.v1.problems import TITLES
from qiao.api.words import GROUPS, SCOPES, event_words
from qiao.core.events import event_types
from qiao.core.http import StaffRequest, staff_view

DAYS = 7


@staff_view(MANAGE)
def catalogue(request: StaffRequest) -> HttpResponse:
    """Every operation and every event, with callers and figures of the last seven days."""
    today = timezone.localdate(request.now, timezone.get_default_timezone())
    since = today - timedelta(days=DAYS - 1)
    figures = queries.service_figures(actor=request.actor, since=since)
    sent = queries.webhook_figures(actor=request.actor, since=request.now - timedelta(days=DAYS))
    keys, _after = queries.list_keys(actor=request.actor, now=request.now, today=today)
    active = [line.key for line in keys if line.state == ApiKey.State.ACTIVE]
    context = {
        "groups": [
            (
                GROUPS[group],
                [(each, figures.get(each.name), _holders(each, active)) for each in row],
            )
            for group, row in groupby(SERVICES.values(), key=lambda each: each.group)
        ],
        "events": [
            (kind.name, event_words(kind.name), sent.get(kind.name)) for kind in event_types()
        ],
        "calls": sum(each.calls for each in figures.values()),
        "refused": sum(each.refused for each in figures.values()),
        "failed": sum(each.failed for each in figures.values()),
        "delivered": sum(each.delivered for each in sent.values()),
        "lost": sum(each.failed for each in sent.values()),
        "keys": len(active),
        "days": DAYS,
    }
    return render(request, "api/services.html", context)


def _holders(service: Service, keys: list[ApiKey]) -> list[ApiKey]:
    """The keys that may call an operation."""
    return [key for key in keys if not service.scope or service.scope in key.scopes][:5]


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """How to call: every operation with its fields, every refusal; for anybody, without data."""
    paths = document(get_language() or "en")
    context = {
        "groups": [
            (GROUPS[group], [_described(each, paths) for each in row])
            for group, row in groupby(SERVICES.values(), key=lambda each: each.group)
        ],
        "scopes": [(scope, SCOPES[scope]) for scope in KNOWN],
        "problems": [(kind, *about) for kind, about in TITLES.items()],
        "events": [(kind.name, event_words(kind.name)) for kind in event_types()],
        "address": request.build_absolute_uri("/api/v1"),
        "frame": "app.html" if getattr(request, "actor", None) else "bare.html",
    }
    return render(request, "api/reference.html", context)


def _described(service: Service, found: dict[str, Any]) -> dict[str, Any]:
    operation = found["paths"][service.path][service.method.lower()]
    schemas = found["components"]["schemas"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    status = "201" if service.method == "POST" else "200"
    answer = operation["responses"][status]["content"]["application/json"]["schema"]
    return {
        "service": service,
        "parameters": [_field(p["name"], p["schema"], required=p["required"], part=p["in"])
                       for p in operation["parameters"]],
        "body": _fields(body["schema"], schemas) if body else [],
        "answer": _fields(answer, schemas),
        "status": status,
        "example": _example(service, body and _sample(body["schema"], schemas)),
    }  # fmt: skip


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return schemas[name] if name else schema


def _fields(
    schema: dict[str, Any], schemas: dict[str, Any], lead: str = ""
) -> list[dict[str, Any]]:
    """The fields of an object, those of objects inside behind a dot."""
    found = _resolved(schema, schemas)
    rows = []
    for name, each in found.get("properties", {}).items():
        rows.append(_field(f"{lead}{name}", each, required=name in found.get("required", [])))
        inner = _resolved(each.get("items", each), schemas)
        for choice in each.get("anyOf", []):
            inner = _resolved(choice, schemas) if "$ref" in choice else inner
        if inner.get("properties"):
            mark = "[]" if "items" in each else ""
            rows += _fields(inner, schemas, f"{lead}{name}{mark}.")
    return rows


def _field(name: str, schema: dict[str, Any], *, required: bool, part: str = "") -> dict[str, Any]:
    return {"name": name, "kind": _kind(schema), "required": required, "part": part,
            "limits": _limits(schema)}  # fmt: skip


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    if "enum" in schema:
        return "string"
    kind = str(schema.get("format") or schema.get("type", "any"))
    return f"{_kind(schema['items'])}[]" if kind == "array" else kind


_SIGNS = (
    ("minimum", "≥ {}"), ("maximum", "≤ {}"), ("minLength", "{}+"), ("maxLength", "≤ {}"),
)  # fmt: skip
FAR = 2**53 - 1


def _limits(schema: dict[str, Any]) -> str:
    inner = schema.get("items", schema)
    for each in schema.get("anyOf", []):
        inner = each if each.get("type") != "null" else inner
    choices = inner.get("enum") or inner.get("items", {}).get("enum")
    if choices:
        return " · ".join(str(each) or "“”" for each in choices)
    signs = [sign.format(inner[key]) for key, sign in _SIGNS if inner.get(key) not in {None, FAR}]
    return " ".join(signs)


def _sample(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A body with what must be there."""
    found = _resolved(schema, schemas)
    needed = found.get("required") or list(found["properties"])[:1]
    return {name: _value(name, found["properties"][name], schemas) for name in needed}


_VALUES = {
    "number": "30114408217", "name": "陈慧敏", "text": "…", "type": "water.small_leak",
    "outcome": "water.answered", "subject": "…", "region": "339102",
}  # fmt: skip


def _value(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(schema, schemas)
    if "enum" in schema:
        return schema["enum"][0]
    return 17 if schema.get("type") == "integer" else _VALUES.get(name, "…")


def _example(service: Service, body: dict[str, Any] | None) -> str:
    address = "$QIAO" + service.path.replace("{", "").replace("}", "")
    for name in ("customer_id", "account_id", "premises_id", "case_id", "contact_id",
                 "work_order_id"):  # fmt: skip
        address = address.replace(name, "17")
    if service.name == "tierAtStation":
        address += "?card=30114408217"
    lines = [f'curl -H "Authorization: Bearer $KEY" "{address}"']
    if body is not None:
        lines = [
            f'curl -X {service.method} -H "Authorization: Bearer $KEY"',
            '-H "Idempotency-Key: $(uuidgen)" -H "Content-Type: application/json"',
            f"-d '{json.dumps(body, ensure_ascii=False)}' \"{address}\"",
        ]
    return " \\\n  ".join(lines)

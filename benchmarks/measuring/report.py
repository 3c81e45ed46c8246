"""What a benchmark prints: one line a case, or one JSON object; and which limits are broken."""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from measuring import timing
from measuring.databases import say


def report(
    name: str, size: Mapping[str, Any], results: Iterable[timing.Result], *, as_json: bool
) -> int:
    """Measure, telling every case as it is found; print the report. 1 if a limit is broken."""
    found = []
    for result in results:
        say(_line(result.data()))
        found.append(result)
    data = [result.data() for result in found]
    broken = [line for result in found for line in result.broken or _doubt(result)]
    whole = {
        "name": name,
        "machine": timing.machine(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "size": dict(size),
        "results": data,
        "broken": broken,
    }
    head = f"{whole['machine']}, load {whole['load']}, {whole['size']}"
    table = "\n".join([head, *(_line(line) for line in data)])
    print(json.dumps(whole, ensure_ascii=False) if as_json else table)
    for line in broken:
        say(f"BROKEN {line}")
    return 1 if broken else 0


def _line(data: Mapping[str, Any]) -> str:
    floor = "" if data["floor"] is None else f" floor {data['floor']:10.2f}"
    ratio = "" if data["ratio"] is None else f" ratio {data['ratio']:5.2f}"
    known = {"case", "p50", "p95", "floor", "ratio", "limit_p95", "limit_ratio", "ok", "cpu"}
    more = "".join(f" {key} {value}" for key, value in data.items() if key not in known)
    mark = "ok " if data["ok"] else "BAD"
    times = f"p50 {data['p50']:10.2f} p95 {data['p95']:10.2f}"
    return f"{mark} {data['case']:<34} {times}{floor}{ratio}{more}"


def _doubt(result: timing.Result) -> list[str]:
    """A case that judges itself, without a limit in figures."""
    return [] if result.data()["ok"] else [f"{result.case}: not as it should be"]

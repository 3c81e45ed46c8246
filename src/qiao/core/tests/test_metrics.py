"""Figures of several web processes are told as one."""

import os
import re
import subprocess
import sys
from pathlib import Path

COUNT = """
from qiao.core.metrics import EVENTS_SENT, STREAMS
EVENTS_SENT.inc(3); STREAMS.inc(2)
"""
TELL = "from qiao.core.metrics import EVENTS_SENT, figures; print(figures().decode())"


def _run(code: str, folder: Path) -> str:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def _figure(name: str, told: str) -> float:
    found = re.search(rf"^{name} (\S+)$", told, re.MULTILINE)
    assert found, told
    return float(found[1])


def test_what_processes_counted_is_added_up_and_the_dead_have_no_streams(tmp_path: Path) -> None:
    """Two that are gone counted three events each; their streams ended with them."""
    _run(COUNT, tmp_path)
    _run(COUNT, tmp_path)
    alive = _run(f"{COUNT}\n{TELL}", tmp_path)
    assert _figure("qiao_live_events_total", alive) == 9
    assert _figure("qiao_live_streams", alive) == 2
    later = _run(TELL, tmp_path)
    assert _figure("qiao_live_events_total", later) == 9
    assert "\nqiao_live_streams " not in later or _figure("qiao_live_streams", later) == 0

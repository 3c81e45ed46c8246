"""A page with every picture that was taken, the prototype beside it."""

import html
import os
from collections.abc import Iterable
from pathlib import Path

from shotfaults import PROJECT
from shotpages import Shot
from shotstudio import View

SHARED = Path(os.environ.get("QIAO_SHARED") or PROJECT.parent / "shared")
PROTOTYPES = SHARED / "design" / "ui" / "shots"
STYLE = (
    "body{font:14px sans-serif;margin:20px;background:#eee}div{display:flex;flex-wrap:wrap;"
    "gap:12px}figure{margin:0}img{width:420px;border:1px solid #999;background:#fff}"
)

Taken = tuple[Shot, View, Path]


def lay_out(out: Path, taken: Iterable[Taken]) -> Path:
    """Write the sheet of a folder of pictures; returns its file."""
    rows: dict[Shot, list[str]] = {}
    for shot, view, path in taken:
        cells = rows.setdefault(shot, _model(out, shot))
        cells.append(
            f'<figure><a href="{path.name}"><img src="{path.name}" loading="lazy"></a>'
            f"<figcaption>{view.name}</figcaption></figure>"
        )
    body = "".join(
        f"<h2>{html.escape(shot.name)}</h2><div>{''.join(cells)}</div>"
        for shot, cells in rows.items()
    )
    target = out / "index.html"
    target.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}")
    return target


def _model(out: Path, shot: Shot) -> list[str]:
    model = PROTOTYPES / f"{shot.prototype}.png"
    if not shot.prototype or not model.is_file():
        return []
    copy = out / f"prototype-{model.name}"
    copy.write_bytes(model.read_bytes())
    return [f'<figure><img src="{copy.name}"><figcaption>prototype</figcaption></figure>']

"""A process that holds the web server ready and forks one whenever it is asked to.

Importing the product and reading its templates takes seconds, and every journey has a server of
its own. Orders are lines of JSON on the standard input, `{"database", "media", "log", "port",
"settings"}`; the answer to each is the process id of a server, which leads a process group of its
own.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.template import TemplateSyntaxError, engines
from django.urls import get_resolver
from django.utils import translation
from granian import Granian
from granian.constants import Interfaces


def main() -> None:
    """Prepare, then serve as often as asked."""
    django.setup()
    _warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's business here
    _tell("ready")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _serve(order)
        # Here, as the first question after its group may come before it leads one.
        os.setpgid(child, child)
        _tell(child)


def _tell(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _warm() -> None:
    import qiao.config.asgi  # noqa: F401, PLC0415 - what a server would import first

    get_resolver().url_patterns  # noqa: B018 - all views come with it
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Save")
    for config in apps.get_app_configs():
        folder = Path(config.path, "templates")
        for file in folder.rglob("*.html"):
            # Others' templates may need what is not installed.
            with suppress(TemplateSyntaxError):
                engines["django"].get_template(str(file.relative_to(folder)))


def _serve(order: dict[str, Any]) -> None:
    """Become the web server of one journey."""
    with Path(order["log"]).open("wb") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for place in (settings.DATABASES["default"], connections["default"].settings_dict):
        place["NAME"] = order["database"]
        # As in service; a connection for each page would read the catalogue anew each time.
        place["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
        place["OPTIONS"]["prepare_threshold"] = 3
    settings.MEDIA_ROOT = Path(order["media"])
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    code = 1
    try:
        Granian(
            "qiao.config.asgi:application",
            port=order["port"],
            interface=Interfaces.ASGINL,
            websockets=False,
        ).serve()
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()

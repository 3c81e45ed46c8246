"""One run of the sender for the kill test: dies by its own hand before a given statement.

``python -m tests.kills.sender STATEMENT``; statement 0 lets it live. The mail server is the one
of the environment.
"""

import os
import sys

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")


def main(statement: int) -> None:
    """Send all that is due, as far as it comes."""
    from qiao.messaging.channels.smtp import Smtp
    from qiao.messaging.tasks import send_due
    from tests.kills.importer import die_before

    if statement:
        die_before(statement)
    send_due(channel=Smtp(), clock=timezone.now)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))

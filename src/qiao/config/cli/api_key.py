"""`./qiao api-key create NAME --as NUMBER`: give a program access without a browser."""

import argparse
from datetime import timedelta
from typing import Any

from qiao.config.cli import environment, preparation
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=["create", "list", "revoke"])
    parser.add_argument(
        "name", nargs="?", default="", help="what the program is called, or its id"
    )
    parser.add_argument("--as", dest="number", required=True, help="staff number of who does it")
    parser.add_argument("--unit", default="", help="code of the unit; else the person's own")
    parser.add_argument(
        "--scope", action="append", default=[], help="customers:read, …; repeatable"
    )
    parser.add_argument("--range", action="append", default=[], help="10.1.0.0/16; repeatable")
    parser.add_argument("--calls-a-minute", type=int, default=600)
    parser.add_argument("--days", type=int, default=365, help="0: no end")


def run(args: argparse.Namespace) -> int:
    """Print the new key alone on standard output, so that a script may take it from there."""
    with environment.database():
        preparation.run_self("migrate", "--quiet")
        environment.set_up_django()
        from django.utils import timezone

        from qiao.core.transactions import acting
        from qiao.staff.models import Staff
        from qiao.staff.queries import actor_by_number

        now = timezone.now()
        try:
            actor = actor_by_number(args.number, day=timezone.localdate(now))
        except Staff.DoesNotExist as error:
            message = f"nobody works here under the number {args.number!r}"
            raise CommandError(message) from error
        with acting(actor):
            return {"create": _create, "list": _list, "revoke": _revoke}[args.what](
                args, actor, now
            )


def _create(args: argparse.Namespace, actor: Any, now: Any) -> int:
    from qiao.api import operations
    from qiao.api.rules.networks import read_ranges
    from qiao.core.actor import Forbidden

    unit = actor.organisation_id
    if args.unit:
        unit = _unit(args.unit)
    try:
        made = operations.create_key(
            actor=actor,
            now=now,
            organisation_id=unit,
            name=args.name,
            scopes=args.scope,
            ranges=read_ranges(" ".join(args.range)),
            calls_a_minute=args.calls_a_minute,
            expires_at=now + timedelta(days=args.days) if args.days else None,
        )
    except (operations.ApiRefusal, operations.BadText, operations.BadRange, Forbidden) as refusal:
        message = f"{type(refusal).__name__}: {refusal}"
        raise CommandError(message) from refusal
    print(made.secret.text)
    return 0


def _unit(code: str) -> int:
    from qiao.staff.models import Organisation

    found = Organisation.objects.filter(code=code).first()
    if found is None:
        message = f"there is no unit {code!r}"
        raise CommandError(message)
    return int(found.pk)


def _list(args: argparse.Namespace, actor: Any, now: Any) -> int:
    del args
    from django.utils import timezone

    from qiao.api.queries import list_keys

    lines, _after = list_keys(actor=actor, now=now, today=timezone.localdate(now))
    for line in lines:
        key = line.key
        told = (key.public_id, line.state, f"{line.calls:,}", key.name, " ".join(key.scopes))
        print("  ".join(told))
    return 0


def _revoke(args: argparse.Namespace, actor: Any, now: Any) -> int:
    from qiao.api import operations
    from qiao.api.models import ApiKey

    found = ApiKey.objects.visible_to(actor).filter(public_id=args.name).first()
    if found is None:
        message = f"there is no key {args.name!r}"
        raise CommandError(message)
    try:
        operations.revoke_key(actor=actor, now=now, key_id=found.pk)
    except operations.WrongState as refusal:
        message = "the key was revoked before"
        raise CommandError(message) from refusal
    return 0

"""`./qiao telephony config`, `check`, `prompts`: a real switch is set up and looked at."""

import argparse
import asyncio
import csv
import hmac
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiao.config.cli import environment
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiao.staff.queries import Holder
    from qiao.telephony.rules.speech import Piece
    from qiao.telephony.rules.switch_files import Telephone

COMMANDS = ("config", "check", "prompts")
_NEEDED = ("ARI_URL", "ARI_USER", "ARI_PASSWORD")


def arguments(commands: Any) -> None:
    """Declare the commands."""
    config = commands.add_parser("config", help="write the files of an Asterisk")
    config.add_argument("--out", type=Path, required=True, help="an empty or new folder")
    config.add_argument("--fallback", default="", help="who is rung while nobody conducts calls")
    config.add_argument("--webrtc", action="store_true", help="telephones in the browser too")
    config.add_argument(
        "--renew", action="store_true", help="new secrets for telephones in the browser"
    )
    config.add_argument("--certificate", default="", help="where the switch finds it (wss)")
    config.add_argument("--key", default="", help="where the switch finds the certificate's key")
    commands.add_parser(
        "check", help="look at the Asterisk named by ARI_URL and tell what is wrong"
    )
    prompts = commands.add_parser("prompts", help="list the words of the menus, or say them")
    prompts.add_argument("--out", type=Path, required=True, help="a folder for list and sounds")


def run(args: argparse.Namespace) -> int:
    """Do one of them."""
    with environment.database():
        environment.set_up_django()
        if args.what == "config":
            return write_files(args)
        if args.what == "check":
            return check_switch()
        return _prompts(args.out)


def ari_address() -> Any:
    """Where the switch's interface is. Raises `CommandError` where it is not said."""
    from qiao.telephony.engines.ari import Address

    missing = [name for name in _NEEDED if name not in os.environ]
    if missing:
        message = (
            f"set {', '.join(missing)}: where the switch's ARI is, and as whom to speak to it"
        )
        raise CommandError(message)
    return Address(*(os.environ[name] for name in _NEEDED))


def _people() -> "list[Holder]":
    """Everybody who may take contacts."""
    from django.utils import timezone

    from qiao.staff.queries import company_id, holders_of, subtree_of

    units = subtree_of(company_id())
    today = timezone.localdate()
    return holders_of(permission="interactions.work", organisation_ids=units, day=today)


def _telephones(args: argparse.Namespace) -> "list[Telephone]":
    """Those of everybody who may take contacts. The password of one on a desk follows from the
    installation's secret, so that the files may be written again; those of telephones in the
    browser are kept, sealed, for their people's browsers."""
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from qiao.telephony.operations import make_secrets
    from qiao.telephony.rules.switch_files import Telephone

    found = _people()
    in_browser: Mapping[int, str] = {}
    if args.webrtc:
        with transaction.atomic():
            in_browser = make_secrets(
                staff_ids=[each.staff_id for each in found], now=timezone.now(), renew=args.renew
            )
    key = settings.SECRET_KEY.encode()
    return [
        Telephone(
            each.number,
            each.name,
            hmac.new(key, f"telephone {each.number}".encode(), "sha256").hexdigest()[:24],
            in_browser.get(each.staff_id, ""),
        )
        for each in found
    ]


def write_files(args: argparse.Namespace) -> int:
    """Write the files of an Asterisk into a folder, and tell what is to be set beside them."""
    from qiao.telephony.rules.switch_files import WSS_PORT, SwitchTerms, switch_files

    password = os.environ.get("ARI_PASSWORD") or secrets.token_urlsafe(24)
    terms = SwitchTerms(
        os.environ.get("ARI_USER", "qiao"),
        password,
        fallback=args.fallback,
        is_webrtc=args.webrtc,
        **{name: getattr(args, name) for name in ("certificate", "key") if getattr(args, name)},
    )
    telephones = _telephones(args)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, text in switch_files(terms, telephones).items():
        path = args.out / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        print(path)
    print(f"\n{len(telephones)} telephones. Set for the controller:")
    print(f"  QIAO_SWITCH=asterisk ARI_URL=http://{terms.address}:{terms.port}")
    print(f"  ARI_USER={terms.user} ARI_PASSWORD={password}")
    if terms.is_webrtc:
        print("And for the web server and the controller, with the name in the certificate:")
        print(f"  QIAO_SWITCH_WSS=wss://HOST:{WSS_PORT}/ws")
    return 0


def check_switch() -> int:
    """Tell what was found; the exit code says whether all is well."""
    from django.conf import settings

    from qiao.telephony.engines.ari_check import Wanted, look_at_switch
    from qiao.telephony.engines.browser_check import look_at_socket
    from qiao.telephony.queries import (
        every_piece,
        lines_to_dial,
        lines_without_notice,
        troubles,
    )
    from qiao.telephony.rules.browser_phones import browser_endpoint
    from qiao.telephony.rules.switch_files import FOR_BROWSERS

    telephones = [f"PJSIP/{each.number}" for each in _people()]
    sounds = [each.sound for each in every_piece()]
    address = settings.SWITCH_WSS
    if address:
        telephones += [browser_endpoint(each.number) for each in _people()]
    wanted = Wanted(telephones, sounds, FOR_BROWSERS if address else ())
    findings = asyncio.run(look_at_switch(ari_address(), wanted))
    if address:
        is_tls = settings.SECURE_TLS
        findings += asyncio.run(look_at_socket(address, is_served_by_tls=is_tls))
    for each in findings:
        print(f"{'ok   ' if each.is_well else 'WRONG'} {each.what}")
        if each.advice:
            print(f"      {each.advice}")
    lines, silent = lines_to_dial(), lines_without_notice()
    print(f"{'ok   ' if lines else 'WRONG'} {len(lines)} lines are kept here")
    for number, languages in silent:
        print(f"WRONG {number} records its calls and does not say so ({', '.join(languages)})")
        print("      say it in the line's voice menu, or in a greeting; or do not record it")
    told = troubles()
    if told["lost"] or told["waiting"]:
        print(f"WRONG {told['lost']} recordings are lost, {told['waiting']} still asked for")
        print("      is the switch's folder of recordings kept, and has its user a right to read?")
    return 0 if lines and not silent and all(each.is_well for each in findings) else 1


def _prompts(folder: Path) -> int:
    from qiao.telephony.queries import every_piece

    found = sorted(every_piece(), key=lambda each: (each.language, each.text))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "prompts.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "language", "words"])
        writer.writerows([f"{each.sound}.wav", each.language, each.text] for each in found)
    print(f"{len(found)} pieces are listed in {folder / 'prompts.csv'}")
    said, silent = _say(found, folder)
    for voice, count in sorted(said.items()):
        print(f"{count} were said by {voice}; what lay there before was left as it was.")
    if silent:
        print(
            f"{silent} have no voice: record them, or install espeak-ng (Debian: apt-get install"
            " espeak-ng), or piper with a voice of the language in QIAO_VOICES, and type again."
        )
    return 0


def _say(found: "Sequence[Piece]", folder: Path) -> tuple[Counter[str], int]:
    """Say what has no recording yet: how many by which program, and how many nothing says."""
    from qiao.telephony.saying import say, voice_for

    voices = {language: voice_for(language) for language in {each.language for each in found}}
    said, silent = Counter[str](), 0
    for each in found:
        target = folder / f"{each.sound}.wav"
        if target.exists():
            continue  # a recording by a person goes before
        voice = voices[each.language]
        if voice is None:
            silent += 1
            continue
        say(voice, each, target)
        said[voice.name] += 1
    return said, silent

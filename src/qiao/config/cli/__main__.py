"""Find the command by its name and run it."""

import argparse
import importlib
import os
import sys

from qiao.config.cli.failure import CommandError

COMMANDS = {
    "demo": "a water utility on this machine: database, web and worker, with a living world",
    "serve": "the web server",
    "worker": "the worker of background jobs",
    "telephony": "conduct the calls of the telephone's switch",
    "keeper": "makes and tests the backups that are asked for on the page or by the clock",
    "migrate": "bring the database up to date",
    "manage": "a command of Django",
    "test": "run the tests",
    "check": "run every static check",
    "backup": "write database and attachments into one file",
    "restore": "read such a file into an empty place",
    "bench": "run a benchmark",
    "shots": "render the pages into pictures and look for faults",
    "intake": "replay a log of real service requests",
    "import": "take a file of customers in",
    "learn-causes": "train the suggestions of causes, tell how good they are, install them",
    "forecast": "calls to come, from a file or the organisation's own, and how good that is",
    "bill": "bills as PDF files, for the printer or to be kept",
    "tariff": "what a tariff in a file makes of a bill, and which files can be expressed",
    "intervals": "take a file of interval data in",
    "meters": "listen to the head-ends of meters that send by a broker",
    "api-key": "give another program access, list or revoke keys",
    "sample": "write a file of invented customers to try an import with",
    "i18n": "check, extend or compile the translations",
    "assets": "build the browser's files",
    "doctor": "say what was found and what is missing",
}


_INNER = {"prepare"}
_MODULES = {
    "import": "importing",
    "api-key": "api_key",
    "learn-causes": "learn_causes",
}  # a word of the language cannot name a module


def main(words: list[str]) -> int:
    """Run one command; return the exit code of the process."""
    if not words or words[0] in {"-h", "--help", "help"}:
        print("usage: ./qiao COMMAND [options]      (./qiao COMMAND --help says more)\n")
        for name, text in COMMANDS.items():
            print(f"  {name:<12} {text}")
        return 0
    name = words[0]
    if name not in COMMANDS and name not in _INNER:
        print(f"qiao: there is no command {name!r}; ./qiao lists them", file=sys.stderr)
        return 2
    description = COMMANDS.get(name, "")
    command = importlib.import_module(f"qiao.config.cli.{_MODULES.get(name, name)}")
    parser = argparse.ArgumentParser(
        prog=f"./qiao {name}", description=description, allow_abbrev=False
    )
    command.arguments(parser)
    args, rest = parser.parse_known_args(words[1:])
    args.rest = rest
    if rest and not getattr(command, "PASSES_ON", False):
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        return int(command.run(args))
    except CommandError as error:
        print(f"qiao: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `./qiao i18n | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

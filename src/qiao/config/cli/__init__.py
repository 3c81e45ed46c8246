"""The `qiao` command line: one file per command, each with `arguments(parser)` and `run(args)`."""

"""What a command says when it cannot go on."""


class CommandError(Exception):
    """A command cannot go on; the text tells a person why and what to do."""

"""What a command says when it cannot go on."""


class CommandError(Exception):
    """A command cannot go on; the text tells a person why and what to do."""

    code = 1


class WrongWords(CommandError):  # noqa: N818 - names the finding
    """What was asked for cannot be done as it was asked; the text says what is lacking."""

    code = 2

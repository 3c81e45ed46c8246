"""What is wrong with a value that was typed."""


class BadFact(Exception):  # noqa: N818 - names the finding
    """A value does not fit its field: `field` says which, `expected` what would.

    `code` names the check (``least``, ``pattern``, …) and `bound` its limit, for words in the
    reader's language.
    """

    def __init__(self, field: str, expected: str, code: str = "", bound: str = "") -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected
        self.code = code
        self.bound = bound

"""Feed parts of a workbook to an XML parser that has no way out and no way to grow.

Document types are refused, so there are no entities; a token that grows past a limit is refused
before it is complete.
"""

from collections.abc import Callable, Iterator
from re import compile as pattern
from xml.parsers import expat

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.refusals import Refusal, SheetRefused

Attributes = dict[str, str]
_LARGEST_TOKEN = 8 << 20
_PREFIX = pattern("[^:]*:")


class Markup:
    """One part, parsed block by block; element names come without their prefix."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._archive = archive
        self._name = name
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def listen(
        self,
        *,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Name who hears of elements and texts."""
        local = self._local

        def on_start(name: str, attributes: Attributes) -> None:
            start(name if ":" not in name else local(name), attributes)

        self._parser.StartElementHandler = on_start
        if end:

            def on_end(name: str) -> None:
                end(name if ":" not in name else local(name))

            self._parser.EndElementHandler = on_end
        if text:
            self._parser.CharacterDataHandler = text

    def blocks(self) -> Iterator[None]:
        """Parse on; control comes back after every block.

        Raises:
            SheetRefused: `damaged`.
        """
        fed = 0
        try:
            for block in self._archive.blocks(self._name):
                self._parser.Parse(block, False)  # noqa: FBT003 - the parser takes no names
                fed += len(block)
                if fed - self._parser.CurrentByteIndex > _LARGEST_TOKEN:
                    raise SheetRefused(Refusal.DAMAGED, f"{self._name[:80]}: an endless token")
                yield
            self._parser.Parse(b"", True)  # noqa: FBT003 - the parser takes no names
        except (expat.ExpatError, ValueError) as error:
            if isinstance(error, SheetRefused):
                raise
            raise SheetRefused(Refusal.DAMAGED, f"{self._name[:80]}: {error}") from None
        yield

    def run(self) -> None:
        """Parse to the end."""
        for _ in self.blocks():
            pass

    def _local(self, name: str) -> str:
        return _PREFIX.sub("", name, count=1)

    def _refuse_doctype(self, *_: object) -> None:
        raise SheetRefused(Refusal.DAMAGED, f"{self._name[:80]}: a document type")


def attribute(attributes: Attributes, local: str) -> str:
    """Find an attribute whatever its prefix; empty when missing."""
    for name, value in attributes.items():
        if name == local or name.endswith(f":{local}"):
            return value
    return ""

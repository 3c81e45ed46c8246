"""Feed parts of a workbook to an XML parser that has no way out and no way to grow.

Document types are refused, so there are no entities; a token that grows past a limit is refused
before it is complete.
"""

from collections.abc import Callable, Iterator
from xml.parsers import expat

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.refusals import Refusal, SheetRefused

Attributes = dict[str, str]
_LARGEST_TOKEN = 8 << 20


class Markup:
    """One part, parsed block by block; element names come without the prefix of the root."""

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

        def on_first(name: str, attributes: Attributes) -> None:
            prefix = name.rpartition(":")[0]
            self._set(start, end, len(prefix) + 1 if prefix else 0)
            start(name.rpartition(":")[2], attributes)

        self._parser.StartElementHandler = on_first
        self._parser.CharacterDataHandler = text

    def _set(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None,
        cut: int,
    ) -> None:
        """Hand the callables to the parser as they are when the root has no prefix."""

        def start_cut(name: str, attributes: Attributes) -> None:
            start(name[cut:], attributes)

        def end_cut(name: str) -> None:
            if end:
                end(name[cut:])

        self._parser.StartElementHandler = start_cut if cut else start
        self._parser.EndElementHandler = end_cut if cut else end

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

    def _refuse_doctype(self, *_: object) -> None:
        raise SheetRefused(Refusal.DAMAGED, f"{self._name[:80]}: a document type")


def parse_piece(
    piece: str,
    *,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Parse one whole element that was cut out of a part.

    Raises:
        SheetRefused: `damaged`.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(piece, True)  # noqa: FBT003 - the parser takes no names
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise SheetRefused(Refusal.DAMAGED, f"{piece[:40]!r}: {error}") from None


def attribute(attributes: Attributes, local: str) -> str:
    """Find an attribute whatever its prefix; empty when missing."""
    for name, value in attributes.items():
        if name == local or name.endswith(f":{local}"):
            return value
    return ""

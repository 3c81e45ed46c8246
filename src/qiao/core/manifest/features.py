"""What a module lets units switch on and off."""

from dataclasses import dataclass

from qiao.core.manifest.pages import Text


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the product that units switch on and off; see `core.features`.

    `addresses` are names of addresses (``cases:macros``); one that ends in ``*`` stands for all
    that begin so. Where the feature is off they are refused, and what leads to them (entries of
    the rail, commands, buttons within ``{% reaches %}``) is not drawn. `parts` are keys of panels,
    groups of the inbox, figures, sources of search and the like that are absent then. What a
    feature does without a page asks `qiao.core.features.is_on`.
    """

    key: str
    label: Text
    about: Text
    addresses: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    default: bool = True

    def holds_address(self, name: str) -> bool:
        """Whether an address belongs to it."""
        return any(
            name.startswith(each[:-1]) if each.endswith("*") else name == each
            for each in self.addresses
        )

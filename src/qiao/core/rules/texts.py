"""A text that people read, in the three languages of the product."""

from dataclasses import dataclass

DATA_KEYS: tuple[str, ...] = ("en", "zh-Hans", "zh-Hant")


def language_key(code: str) -> str:
    """The key under which tables keep the words of a language: ``zh-hant`` under ``zh-Hant``.

    Unknown codes read English.
    """
    code = code.lower().replace("_", "-")
    if code.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
        return "zh-Hant"
    return "zh-Hans" if code.startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in English, simplified and traditional Chinese; none may be missing."""

    en: str
    zh_hans: str
    zh_hant: str

    def in_language(self, code: str) -> str:
        """The text for a language code such as ``zh-hans``, ``zh-Hant``, ``zh-tw`` or ``en-gb``.

        Unknown codes read English.
        """
        return self.data()[language_key(code)]

    def data(self) -> dict[str, str]:
        """The table form that packs use."""
        return dict(zip(DATA_KEYS, (self.en, self.zh_hans, self.zh_hant), strict=True))

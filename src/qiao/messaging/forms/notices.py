"""The texts of a notice in three languages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.messaging.rules.notices import BODY_LENGTH, LANGUAGES, TITLE_LENGTH

NAMES = {
    "zh-Hans": _("Simplified Chinese"),
    "zh-Hant": _("Traditional Chinese"),
    "en": _("English"),
}


def field_name(language: str, part: str) -> str:
    """The name of a field of the form."""
    return f"{language.replace('-', '_')}_{part}"


class NoticeForm(forms.Form):
    """Title and text in each language, and why they change."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for language in LANGUAGES:
            self.fields[field_name(language, "title")] = forms.CharField(
                label=pgettext_lazy("notice", "Subject line"), max_length=TITLE_LENGTH
            )
            self.fields[field_name(language, "body")] = forms.CharField(
                label=_("Text"),
                max_length=BODY_LENGTH,
                widget=forms.Textarea(attrs={"rows": 7}),
            )
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300)

    def texts(self) -> dict[str, dict[str, str]]:
        """What was typed, by language."""
        return {
            language: {
                part: str(self.cleaned_data.get(field_name(language, part)) or "")
                for part in ("title", "body")
            }
            for language in LANGUAGES
        }

    def languages(self) -> list[tuple[str, Any, Any, Any]]:
        """Key, name and the two fields of each language, for the template."""
        return [
            (
                language,
                NAMES[language],
                self[field_name(language, "title")],
                self[field_name(language, "body")],
            )
            for language in LANGUAGES
        ]

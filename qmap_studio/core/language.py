"""Texts for people, in their language: gettext catalogues with plural forms.

The code holds the English texts and marks them, so that `python -m tests.release.texts` finds them all:

    tr("Open a photo")                                     translated here and now
    tr("{name} is damaged.").format(name=path.name)        what is filled in comes after; an f-string has no translation
    ngettext("{n} file", "{n} files", n).format(n=n)       one form for each way the language counts
    N_("Brush size")                                       a row of a table that is made before the language is chosen:
                                                           only marked, and translated by `tr` where it is shown

>>> tr("{name} is damaged.").format(name="photo.sfc")
'photo.sfc is damaged.'
>>> [ngettext("{n} file", "{n} files", n).format(n=n) for n in (1, 2)]
['1 file', '2 files']
"""

import gettext

from qmap_studio.core.resources import resource_path

DOMAIN = "qmap-studio"
"""The name of the catalogues: resources/locale/LANGUAGE/LC_MESSAGES/qmap-studio.mo."""

_translations = gettext.NullTranslations()
_chosen: str | None = None


def use_language(code: str | None) -> None:
    """Chooses the language of all texts that are asked for from now on, in every thread.

    Args:
        code: as "de" or "pt_BR"; None, and a language without a catalogue, leave the English of the code.
    """
    global _chosen
    _chosen = code
    languages = [] if code is None else [code]
    use_translations(gettext.translation(DOMAIN, resource_path("locale"), languages, fallback=True))


def chosen_language() -> str | None:
    """What `use_language` was given last, for a process that is begun to choose the same."""
    return _chosen


def use_translations(translations: gettext.NullTranslations) -> None:
    """Takes the texts from a catalogue that is there already."""
    global _translations
    _translations = translations


def tr(text: str) -> str:
    """A text in the language that is chosen."""
    return _translations.gettext(text) if text else ""  # for "" a catalogue gives its own header


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a text for so many things, in the language that is chosen; n is not filled in yet."""
    return _translations.ngettext(one, many, n)


def N_(text: str) -> str:
    """Marks a text that `tr` translates later; gives it as it is."""
    return text

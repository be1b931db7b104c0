"""How many years of school a text asks for: Flesch and Kincaid's grade, counted by hand."""

import re

VOWELS = re.compile(r"[aeiouy]+")
# Endings whose e isn't heard: "named", "takes", "rule", but not "needed", "changes", "little".
SILENT = re.compile(r"(?<![aeiouytd])ed$|(?<![aeioucgsxz])es$|(?<![aeiouyl])e$|(?<=[aeiou]l)e$")
SPLIT = re.compile(r"ia|io(?!n)|ua(?!r)|ue(?=nt)|iet|(?<=.)ea$|(?<=[aeiouy])ing$")


def grade(text: str) -> float:
    """The US school grade from which a text reads easily; 6 is what we aim for."""
    sentences, words = split(text)
    syllables = sum(syllables_of(word) for word in words)
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def split(text: str) -> tuple[list[str], list[str]]:
    """The sentences and the words of a text. Numbers count as words of one syllable."""
    sentences = [part for part in re.split(r"[.!?:;]+(?:\s|$)|\n", text) if re.search(r"\w", part)]
    words = re.findall(r"[a-z0-9]+(?:[’'-][a-z0-9]+)*", text.lower())
    return sentences, words


def syllables_of(word: str) -> int:
    """How many beats a word has, near enough: right for nine of ten English words."""
    beats = 0
    for part in re.sub(r"[’']\w+", "", word).split("-"):
        heard = SILENT.sub("", part) if len(part) > 2 else part
        beats += max(1, len(VOWELS.findall(heard)) + len(SPLIT.findall(heard)))
    return beats

"""Names in the small Latin letters that every link can hold: Cyrillic and kana as their readers would spell them.

Kanji have readings that only their owner knows, so they are left out, as is every other script.
"""

import unicodedata
from itertools import batched

# Kazakh and Uzbek letters as their Latin alphabets have them, without the marks.
_CYRILLIC = """
    а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh
    щ shch ы y э e ю yu я ya є ye і i ї yi ґ g ә a ғ g қ q ң n ө o ұ u ү u һ h ў o ҳ h ј j љ lj њ nj ђ dj ћ c џ dz
"""
_LATIN = "ß ss æ ae œ oe ø o ł l đ d ð d þ th ı i ħ h ŋ n"
_KATAKANA = """
    ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ chi ツ tsu テ te
    ト to ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo
    ラ ra リ ri ル ru レ re ロ ro ワ wa ヰ i ヱ e ヲ o ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ ji ズ zu ゼ ze ゾ zo
    ダ da ヂ ji ヅ zu デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po ヴ vu
"""
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "ya", "ュ": "yu", "ョ": "yo", "ヮ": "a"}
_DOUBLES, _LONG = "ッ", "ー"
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}  # of each hiragana


def _table(text: str) -> dict[str, str]:
    return dict(batched(text.split(), 2))  # type: ignore[arg-type]


_LETTERS, _KANA = _table(_CYRILLIC + _LATIN) | dict.fromkeys("ъь'’‘", ""), _table(_KATAKANA)


def in_latin(name: str) -> str:
    """Small letters of ASCII and whatever signs stand between the words; what cannot be spelt is left out."""
    text = unicodedata.normalize("NFKC", name).lower().translate(_TO_KATAKANA)
    spelt = "".join(_LETTERS.get(part, part if _is_in_words(part) else " ") for part in _spell_kana(text))
    return unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()


def _is_in_words(part: str) -> bool:
    return unicodedata.category(part[0])[0] in "LMN"


def _spell_kana(text: str) -> list[str]:
    """After Hepburn, without marks for long vowels: コーヒー is kohi, きっさ is kissa, ティー is ti."""
    spelt: list[str] = []
    doubles = False
    for letter in text:
        if letter in _SMALL and spelt and spelt[-1] in _SYLLABLES:
            spelt[-1] = _with_small(spelt[-1], _SMALL[letter])
        elif letter == _DOUBLES:
            doubles = True
            continue
        elif letter != _LONG:
            syllable = _KANA.get(letter) or _SMALL.get(letter, letter)
            spelt.append(_doubled(syllable) if doubles and letter in _KANA else syllable)
        doubles = False
    return spelt


def _doubled(syllable: str) -> str:
    return f"t{syllable}" if syllable.startswith("ch") else syllable[0] + syllable


def _with_small(syllable: str, small: str) -> str:
    """シ and ャ are sha, フ and ァ fa, ウ and ィ wi."""
    start = syllable[:-1] or "w"
    return start + (small[1:] if start.endswith(("sh", "ch", "j")) else small)


_SYLLABLES = {made for syllable in _KANA.values() for made in (syllable, _doubled(syllable))} - {"n"}

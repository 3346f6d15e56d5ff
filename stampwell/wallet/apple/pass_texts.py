"""The texts of a pass in six languages, as the `pass.strings` files that the phone chooses from.

The key of a text is the text itself in the shop's language, in one line, so an app that knows no translations still
shows words. No key holds a sign that would have to be escaped: some readers undo that in texts alone, and find nothing.
The files are UTF-8: as UTF-16 with Python's byte order, some readers lose every text in silence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from stampwell.languages.offered import choose_locale, offered_locales
from stampwell.languages.texts import Texts
from stampwell.wallet.apple.archive import PackedFiles, pack_texts
from stampwell.wallet.look.card_pass import CardFace, ReadyVoucher, VoucherPass
from stampwell.wallet.look.phrases import (
    LABELS,
    VOUCHER_LABELS,
    cut_line,
    description_texts,
    ends_soon_texts,
    label_texts,
    news_texts,
    ready_texts,
    reward_list_texts,
    shop_paragraphs,
    shop_texts,
    voucher_description_texts,
    voucher_label_texts,
    voucher_place_texts,
    voucher_state_texts,
)

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "", "\t": "\\t"})

_NO_ESCAPES = str.maketrans({"\\": "/", '"': "”", "\t": " "})


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands in pass.json for each text, and the packed files with its translations."""

    keys: Mapping[str, str]
    files: PackedFiles


@dataclass(frozen=True, slots=True)
class _Said:
    """All that the words of a pass depend on; equal keys mean equal words."""

    key: bytes
    face: CardFace = field(compare=False)
    ready: tuple[ReadyVoucher, ...] = field(compare=False)
    note: Texts = field(compare=False, default_factory=dict)


def word_card(face: CardFace, ready: tuple[ReadyVoucher, ...], note: Texts) -> Wording:
    """The words of a card with these vouchers ready and this note; made once, then the same for all that say so."""
    texts = [(one.name, one.what_to_do, one.last_moment if one.ends_soon else None) for one in ready]
    said = msgspec.json.encode((texts, note), order="deterministic")
    return _word(_Said(face.wording_key + said, face, ready, note))


def word_voucher(shown: VoucherPass) -> Wording:
    """The words of a voucher's own pass in this state; the same for every voucher that says so."""
    voucher = ReadyVoucher(shown.voucher.name, shown.voucher.what_to_do)
    said = msgspec.json.encode((voucher, shown.state), order="deterministic")
    return _word_voucher(_Said(shown.face.wording_key + said, shown.face, (voucher,)), shown.state)


def write_strings(texts: Mapping[str, Texts], keys: Mapping[str, str], locale: str) -> bytes:
    """One language's pass.strings; every language has the same keys, in the same order."""
    lines = {keys[name]: said[locale] for name, said in texts.items()}
    return "".join(f'"{_escape(key)}" = "{_escape(text)}";\n' for key, text in lines.items()).encode()


def name_keys(texts: Mapping[str, Texts], locale: str, untranslated: Iterable[str] = ()) -> dict[str, str]:
    """Each text's key: itself in `locale`, in one line. Two that read alike there but not elsewhere are kept apart.

    `untranslated` stand in pass.json as they are: a shop named “Card” is no “Karte” to a Latvian reader.
    """
    taken: dict[str, Texts] = {text: {} for text in untranslated}
    keys: dict[str, str] = {}
    for name, said in texts.items():
        key = _in_one_line(said[locale])
        while taken.setdefault(key, said) != said:
            key += " "  # nobody sees a space at the end
        keys[name] = key
    return keys


@lru_cache(maxsize=512)
def _word(said: _Said) -> Wording:
    return _write_all(_all_texts(said.face, said.ready, said.note), said.face)


@lru_cache(maxsize=512)
def _word_voucher(said: _Said, state: str) -> Wording:
    (voucher,), face = said.ready, said.face
    texts = {f"label.{name}": voucher_label_texts(name) for name in VOUCHER_LABELS}
    texts |= {
        "description": voucher_description_texts(face, voucher.name),
        "reward": shop_texts(voucher.name, face),
        "what": shop_paragraphs(voucher.what_to_do, face),
        "state": voucher_state_texts(state),
        "program": shop_texts(face.program, face),
    }
    texts |= {f"place.{place}": voucher_place_texts(face) for place in range(len(face.places))}
    return _write_all(texts, face)


def _write_all(every_text: Mapping[str, Texts], face: CardFace) -> Wording:
    texts = {name: text for name, text in every_text.items() if any(text.values())}
    keys = name_keys(texts, choose_locale("", face.locale), untranslated=[cut_line(face.organisation)])
    files = {f"{locale}.lproj/pass.strings": write_strings(texts, keys, locale) for locale in offered_locales()}
    return Wording(keys, pack_texts(files))


def _all_texts(face: CardFace, ready: tuple[ReadyVoucher, ...], note: Texts) -> dict[str, Texts]:
    texts = {f"label.{name}": label_texts(name) for name in LABELS}
    texts |= {
        "program": shop_texts(face.program, face),
        "description": description_texts(face),
        "terms": shop_paragraphs(face.terms, face),
        "rewards": reward_list_texts(face),
        "news": news_texts("%@"),
        "ready": ready_texts(face, ready),
        "note": note,
    }
    texts |= {f"reward.{step.stamps}": shop_texts(step.name, face) for step in face.rewards}
    texts |= {f"place.{place}": shop_texts(spot.note, face) for place, spot in enumerate(face.places)}
    if any(voucher.ends_soon for voucher in ready):
        texts["ends_soon"] = ends_soon_texts("%@")
    for place, voucher in enumerate(ready):
        texts[f"ready.{place}.name"] = shop_texts(voucher.name, face)
        texts[f"ready.{place}.what"] = shop_paragraphs(voucher.what_to_do, face)
    return texts


def _in_one_line(text: str) -> str:
    return " · ".join(line.strip() for line in text.translate(_NO_ESCAPES).splitlines() if line.strip())


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)

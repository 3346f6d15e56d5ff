import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import zxingcpp
from django.utils.translation import override
from msgspec import structs

from stampwell.cards.links import card_code
from stampwell.clock import new_id
from stampwell.languages.texts import clean_lines
from stampwell.wallet.apple.pass_texts import name_keys
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.look.card_pass import CardPass, Place, ReadyVoucher, RewardStep
from stampwell.wallet.look.colours import contrast
from stampwell.wallet.look.phrases import LABELS
from tests.wallet.authorities import certificate_of
from tests.wallet.cards import COFFEE, FREE_COFFEE, LANGUAGES, build_card_pass, coffee_card, coffee_face
from tests.wallet.packages import OpenedPass, open_pass

BISCUIT = ReadyVoucher(name={"en": "A biscuit"}, what_to_do={"en": "Ask for it."})


def built(identity: PassIdentity, **different: object) -> OpenedPass:
    return open_pass(build_card_pass(identity, coffee_card(**different)))


def test_card_names_its_signer_and_itself(identity: PassIdentity) -> None:
    content = built(identity).content

    assert content["formatVersion"] == 1
    assert content["passTypeIdentifier"] == identity.pass_type
    assert content["teamIdentifier"] == identity.team
    assert content["serialNumber"] == "crd_0198f3c2a7b4e1d2"
    assert content["organizationName"] == content["logoText"] == "Café Lume"
    assert content["description"] == "Café Lume stamp card: Coffee card"


def test_card_says_nothing_that_apple_does_not_know(identity: PassIdentity) -> None:
    content = built(identity, ready=(FREE_COFFEE,), expires=FREE_COFFEE.expires).content

    known = (
        "formatVersion passTypeIdentifier teamIdentifier serialNumber organizationName description logoText "
        "foregroundColor backgroundColor labelColor storeCard barcodes locations expirationDate "
        "sharingProhibited webServiceURL authenticationToken voided relevantDates"
    )
    assert set(content) <= set(known.split())
    assert set(content["storeCard"]) == {
        f"{group}Fields" for group in ("header", "primary", "secondary", "auxiliary", "back")
    }


def test_count_is_text_in_the_header_and_nothing_lies_over_the_stamps(identity: PassIdentity) -> None:
    opened = built(identity, stamps=3)

    assert opened.content["storeCard"]["headerFields"] == [{"key": "stamps", "label": "Stamps", "value": "3/10"}]
    assert opened.content["storeCard"]["primaryFields"] == []


@pytest.mark.parametrize("ready", [(), (FREE_COFFEE,), (BISCUIT, FREE_COFFEE)])
def test_every_field_has_a_label_a_text_and_a_key_of_its_own(
    identity: PassIdentity, ready: tuple[ReadyVoucher, ...]
) -> None:
    fields = built(identity, ready=ready, history="1 Nov: one stamp").fields()

    assert len({field["key"] for field in fields}) == len(fields)
    for field in fields:
        assert field["label"]
        assert isinstance(field["value"], str)
        assert field["value"]


def test_card_shows_the_next_reward_and_how_far_it_is(identity: PassIdentity) -> None:
    far, near = built(identity, stamps=3), built(identity, stamps=7)

    assert (far.field("next")["value"], far.field("to_go")["value"]) == ("A biscuit", "2")
    assert (near.field("next")["value"], near.field("to_go")["value"]) == ("A free coffee", "3")


def test_ready_reward_comes_to_the_front_and_is_announced(identity: PassIdentity) -> None:
    before = built(identity, stamps=9)
    after = built(identity, stamps=0, round=2, ready=(FREE_COFFEE,), announces_ready=True)

    assert before.where("ready") == "backFields"
    assert "changeMessage" not in before.field("ready")
    assert after.where("ready") == "secondaryFields"
    assert after.field("ready")["value"] == "A free coffee"
    assert after.field("ready")["value"] != before.field("ready")["value"]
    assert after.field("ready")["changeMessage"] == "Reward ready: %@"
    assert [field["key"] for field in after.fields() if "changeMessage" in field] == ["ready"]


def test_a_reward_that_ends_soon_says_until_when_and_is_announced(identity: PassIdentity) -> None:
    last = datetime(2026, 12, 4, 23, 59, 59, tzinfo=UTC)
    ending = structs.replace(FREE_COFFEE, last_moment=last, ends_soon=True)
    before = built(identity, ready=(FREE_COFFEE, BISCUIT))
    after = built(identity, ready=(ending, BISCUIT), announces_ready=True, announces_end=True)

    assert before.field("ready")["value"] == "A free coffee and A biscuit"
    assert after.field("ready")["value"] == "A free coffee (use it by 4 Dec) and A biscuit"
    assert after.field("ready")["changeMessage"] == "Reward ends soon: %@"


def test_redeemed_reward_is_not_announced_as_news(identity: PassIdentity) -> None:
    opened = built(identity, ready=(FREE_COFFEE,), announces_ready=False)

    assert [field for field in opened.fields() if "changeMessage" in field] == []


def test_announced_terms_stand_on_the_card_and_ring_no_phone(identity: PassIdentity) -> None:
    note = dict.fromkeys(LANGUAGES, "From 4 December a new round takes 12 stamps.")
    opened = built(identity, note=note)

    assert opened.field("note")["value"] == "From 4 December a new round takes 12 stamps."
    assert [field for field in opened.fields() if "changeMessage" in field] == []


def test_second_reward_of_a_kind_changes_the_text_so_that_the_phone_notices(identity: PassIdentity) -> None:
    one = built(identity, ready=(FREE_COFFEE,))
    two = built(identity, ready=(FREE_COFFEE, FREE_COFFEE, BISCUIT))

    assert one.field("ready")["value"] == "A free coffee"
    assert two.field("ready")["value"] == "2 × A free coffee and A biscuit"


def test_many_ready_rewards_leave_a_line_that_fits_with_the_one_on_top_first(identity: PassIdentity) -> None:
    many = tuple(ReadyVoucher(name={"en": f"A reward with a long name, the {n}th"}, what_to_do={}) for n in range(50))

    opened = built(identity, ready=many)

    assert opened.field("ready")["value"].startswith("A reward with a long name, the 0th, ")
    assert all(len(opened.shown(opened.field("ready")["value"], locale)) <= 120 for locale in LANGUAGES)


@pytest.mark.parametrize("name", ["Card", "Stamps", "Contact", "No reward is ready yet."])
def test_a_shop_named_like_a_label_keeps_its_name_in_every_language(identity: PassIdentity, name: str) -> None:
    opened = built(identity, face=coffee_face(organisation=name, places=()))

    for locale in LANGUAGES:
        assert opened.shown(opened.content["organizationName"], locale) == name
        assert opened.shown(opened.content["logoText"], locale) == name
    assert opened.shown(opened.field("program")["label"], "lv") == "Karte"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_reader_that_undoes_no_escapes_in_keys_finds_every_text(identity: PassIdentity, locale: str) -> None:
    terms = {"en": 'One "cup"\n\nfor \\ each.\tThe end.', "lv": "Viena\nkrūze"}
    opened = built(identity, face=coffee_face(terms=terms), ready=(BISCUIT, FREE_COFFEE))

    raw = opened.files[f"{locale}.lproj/pass.strings"].decode()
    keys = [line.partition('" = "')[0].removeprefix('"') for line in raw.splitlines()]
    assert keys == list(opened.strings(locale))
    assert {opened.field(key)["value"] for key in ("terms", "rewards", "program", "what_0")} <= set(keys)
    assert opened.shown(opened.field("terms")["value"], locale) == clean_lines(terms.get(locale, terms["en"]))


def test_each_ready_reward_says_what_to_do_and_until_when(identity: PassIdentity) -> None:
    opened = built(identity, ready=(BISCUIT, FREE_COFFEE))

    assert opened.field("what_0") == {"key": "what_0", "label": "A biscuit", "value": "Ask for it."}
    assert opened.field("what_1")["value"] == "Show this card at the till."
    assert opened.field("use_by") == {
        "key": "use_by",
        "label": "Use it by",
        "value": "2027-01-31T23:59:59+02:00",
        "dateStyle": "PKDateStyleMedium",
        "timeStyle": "PKDateStyleNone",
        "ignoresTimeZone": True,
    }


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_has_the_same_keys(identity: PassIdentity, locale: str) -> None:
    opened = built(identity, ready=(FREE_COFFEE,))

    assert list(opened.strings(locale)) == list(opened.strings("en"))
    assert all(opened.strings(locale).values())


@pytest.mark.parametrize("locale", LANGUAGES)
def test_labels_read_as_the_catalogue_of_the_language_says(identity: PassIdentity, locale: str) -> None:
    opened = built(identity, ready=(FREE_COFFEE,), announces_ready=True)

    with override(locale):
        expected = {name: str(label) for name, label in LABELS.items()}
    for field in opened.fields():
        if field["key"] in expected:
            assert opened.shown(field["label"], locale) == expected[field["key"]]
    assert opened.shown("Reward ready: %@", locale).count("%@") == 1


def test_shops_words_are_shown_in_the_readers_language_else_in_the_shops(identity: PassIdentity) -> None:
    opened = built(identity, stamps=7)

    name = opened.field("next")["value"]
    assert opened.shown(name, "lv") == "Kafija bez maksas"
    assert opened.shown(name, "ja") == "コーヒー1杯無料"
    assert opened.shown(name, "et") == "A free coffee"


def test_app_without_translations_shows_the_shops_language(identity: PassIdentity) -> None:
    face = coffee_face(locale="lv")

    opened = built(identity, face=face, stamps=7)

    assert opened.field("next")["value"] == "Kafija bez maksas"
    assert opened.shown("Kafija bez maksas", "en") == "A free coffee"


def test_texts_alike_in_one_language_only_are_kept_apart() -> None:
    stamp, post = {"en": "Stamp", "lv": "Zīmogs"}, {"en": "Stamp", "lv": "Pastmarka"}

    keys = name_keys({"a": stamp, "b": post, "c": stamp}, "en")

    assert keys == {"a": "Stamp", "b": "Stamp ", "c": "Stamp"}


def test_hostile_texts_do_not_break_the_strings(identity: PassIdentity) -> None:
    nasty = 'Quote " back\\slash \u202egnp.exe\u2066 new\nline; "x" = "y";\x00\x07 %@ 🎁' + "é" * 500
    face = coffee_face(
        program={"en": nasty, "lv": nasty[::-1]},
        rewards=(RewardStep(10, {"en": nasty}),),
        terms={"en": nasty},
        organisation=nasty,
        places=(Place(1.0, 2.0, {"ja": nasty}),),
    )

    opened = built(identity, face=face, ready=(ReadyVoucher(name={"en": nasty}, what_to_do={"en": nasty}),))

    for locale in LANGUAGES:
        for key, text in opened.strings(locale).items():
            assert not set("\u202e\u2066\x00\x07") & set(key + text)
    name = opened.shown(opened.field("program")["value"], "en")
    assert name.startswith('Quote " back\\slash gnp.exe new line; "x" = "y"; %@ 🎁é')
    assert len(name) == 120
    assert name.endswith("…")


def test_barcode_is_the_cards_code_with_its_number_below(identity: PassIdentity) -> None:
    assert built(identity).content["barcodes"] == [
        {
            "format": "PKBarcodeFormatQR",
            "message": "SW1:crd_0198f3c2a7b4:static",
            "messageEncoding": "iso-8859-1",
            "altText": "4711 0815",
        }
    ]


def test_the_number_is_no_telephone_to_call(identity: PassIdentity) -> None:
    opened = built(identity)

    assert opened.field("number") == {
        "key": "number",
        "label": "Card number",
        "value": "4711 0815",
        "dataDetectorTypes": [],
    }
    assert [field["key"] for field in opened.fields() if "dataDetectorTypes" in field] == ["number"]


def test_void_card_is_grey_has_no_code_and_comes_up_nowhere(identity: PassIdentity) -> None:
    content = built(identity, voided=True, ready=(FREE_COFFEE,)).content

    assert content["voided"] is True
    assert not {"barcodes", "locations", "relevantDates"} & set(content)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://stampwell.example/wallet/apple/", "https://stampwell.example/wallet/apple"),
        ("ftp://stampwell.example/wallet/apple", None),
        (None, None),
    ],
)
def test_phone_asks_for_changes_at_the_web_service(identity: PassIdentity, given: str | None, sent: str | None) -> None:
    content = built(identity, web_service_url=given).content

    assert content.get("webServiceURL") == sent
    assert content.get("authenticationToken") == ("token-of-the-coffee-card" if sent else None)


def test_on_the_last_day_of_a_reward_the_phone_may_show_the_card_by_itself(identity: PassIdentity) -> None:
    content = built(identity, ready=(BISCUIT, FREE_COFFEE)).content

    assert content["relevantDates"] == [{"startDate": "2027-01-30T22:00:00Z", "endDate": "2027-01-31T22:00:00Z"}]
    assert content["locations"]


def test_times_are_only_named_where_places_are(identity: PassIdentity) -> None:
    content = built(identity, ready=(FREE_COFFEE,), face=coffee_face(places=())).content

    assert "relevantDates" not in content
    assert "locations" not in content


@pytest.mark.parametrize(
    ("kind", "named", "read_as"),
    [
        ("qr", "PKBarcodeFormatQR", "QRCode"),
        ("code128", "PKBarcodeFormatCode128", "Code128"),
        ("pdf417", "PKBarcodeFormatPDF417", "PDF417"),
        ("aztec", "PKBarcodeFormatAztec", "Aztec"),
    ],
)
def test_each_kind_of_code_holds_what_our_scanner_reads(
    identity: PassIdentity, kind: str, named: str, read_as: str
) -> None:
    code = card_code(new_id(), 0)
    (barcode,) = built(identity, barcode=kind, barcode_message=code).content["barcodes"]
    picture = zxingcpp.create_barcode(barcode["message"], zxingcpp.barcode_format_from_str(read_as)).to_image(scale=4)

    (found,) = zxingcpp.read_barcodes(picture)

    assert barcode["format"] == named
    assert found.text == code


def test_plain_http_stands_only_in_passes_of_the_development_chain(identity: PassIdentity) -> None:
    real = replace(identity, intermediate=certificate_of("Apple Inc."))

    plain = "http://127.0.0.1:8000/wallet/apple"
    assert built(identity, web_service_url=plain).content["webServiceURL"] == plain
    assert "webServiceURL" not in built(real, web_service_url=plain).content
    assert "authenticationToken" not in built(real, web_service_url=plain).content


def test_expiry_has_a_zone_and_whole_seconds(identity: PassIdentity) -> None:
    zulu = built(identity, expires=datetime(2027, 1, 31, 21, 59, 59, 123, tzinfo=UTC)).content
    riga = built(identity, expires=datetime(2027, 1, 31, 23, 59, tzinfo=timezone(timedelta(hours=2)))).content

    assert zulu["expirationDate"] == "2027-01-31T21:59:59Z"
    assert riga["expirationDate"] == "2027-01-31T23:59:00+02:00"


def test_at_most_ten_places_are_named(identity: PassIdentity) -> None:
    face = coffee_face(places=tuple(Place(56.0 + place / 100, 24.0) for place in range(12)))

    locations = built(identity, face=face).content["locations"]

    assert len(locations) == 10
    assert locations[0] == {"latitude": 56.0, "longitude": 24.0}


def test_colours_are_written_as_apple_reads_them_and_text_can_be_read(identity: PassIdentity) -> None:
    content = built(identity).content

    assert content["backgroundColor"] == "rgb(15, 61, 62)"
    ground = as_hex(content["backgroundColor"])
    assert contrast(as_hex(content["foregroundColor"]), ground) >= 4.5
    assert contrast(as_hex(content["labelColor"]), ground) >= 4.5


def test_file_is_plain_utf8_json(identity: PassIdentity) -> None:
    raw = built(identity).files["pass.json"]

    assert not raw.startswith(b"\xef\xbb\xbf")
    assert json.loads(raw.decode("utf-8"))["organizationName"] == "Café Lume"


@pytest.mark.parametrize(
    "mistake",
    [
        {"serial": "short"},
        {"serial": "crd/0198f3c2a7b4e1d2"},
        {"authentication_token": "short"},
        {"barcode_message": "ķods"},
    ],
)
def test_mistakes_of_ours_never_reach_a_phone(identity: PassIdentity, mistake: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        build_card_pass(identity, coffee_card(**mistake))


def test_goal_reached_counts_no_negative_stamps(identity: PassIdentity) -> None:
    card: CardPass = coffee_card(stamps=12)

    opened = open_pass(build_card_pass(identity, card))

    assert opened.field("to_go")["value"] == "0"
    assert opened.field("next")["value"] == COFFEE["en"]


def as_hex(colour: str) -> str:
    parts = colour.removeprefix("rgb(").removesuffix(")").split(", ")
    return "#" + "".join(f"{int(part):02x}" for part in parts)

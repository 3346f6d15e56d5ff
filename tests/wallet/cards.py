"""The cards of these tests: Café Lume's coffee card, with what a test wants to be different."""

from datetime import UTC, datetime, timedelta, timezone

from stampwell.wallet.apple.archive import sign_pass
from stampwell.wallet.apple.assembly import prepare_card
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.look.card_pass import CardFace, CardPass, Place, ReadyVoucher, RewardStep
from stampwell.wallet.look.design import CardDesign

LANGUAGES = ["en", "lv", "et", "uz", "kk", "ja"]
COFFEE = {"en": "A free coffee", "lv": "Kafija bez maksas", "ja": "コーヒー1杯無料"}
FREE_COFFEE = ReadyVoucher(
    name=COFFEE,
    what_to_do={"en": "Show this card at the till.", "lv": "Parādiet šo karti pie kases."},
    expires=datetime(2027, 1, 31, 22, 0, tzinfo=UTC),
    last_moment=datetime(2027, 1, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=2))),
)


def coffee_face(**different: object) -> CardFace:
    parts: dict[str, object] = {
        "merchant_id": "mer_lume",
        "program_id": "prg_coffee.v1",
        "organisation": "Café Lume",
        "program": {"en": "Coffee card", "lv": "Kafijas karte"},
        "locale": "en",
        "goal": 10,
        "rewards": (RewardStep(5, {"en": "A biscuit"}), RewardStep(10, COFFEE)),
        "terms": {"en": "One stamp for each coffee.\nThe tenth is free."},
        "design": CardDesign(background="#0f3d3e", accent="#ffd166", icon="cup"),
        "places": (Place(56.9496, 24.1052, {"en": "Café Lume is right here."}),),
        "addresses": ("Brīvības iela 1, Rīga",),
    }
    return CardFace(**(parts | different))  # type: ignore[arg-type]


def coffee_card(**different: object) -> CardPass:
    parts: dict[str, object] = {
        "face": coffee_face(),
        "serial": "crd_0198f3c2a7b4e1d2",
        "authentication_token": "token-of-the-coffee-card",
        "barcode_message": "SW1:crd_0198f3c2a7b4:static",
        "short_number": "4711 0815",
        "stamps": 3,
        "web_url": "https://stampwell.example/c/lume/abc",
    }
    return CardPass(**(parts | different))  # type: ignore[arg-type]


def build_card_pass(identity: PassIdentity, card: CardPass) -> bytes:
    """The card's .pkpass as it stands now."""
    return sign_pass(identity, prepare_card(identity, card))

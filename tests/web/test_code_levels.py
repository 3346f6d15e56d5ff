"""Every QR code on the customer's screen bears a scratch or a reflection over a quarter of it: level Q."""

import io
import re

import pytest
import resvg_py
import zxingcpp
from django.test import Client
from PIL import Image

from tests.web.customer import AT_ONCE, card_with_reward, one_reward, path_of, voucher_path
from tests.world import Shop


def read_level(page: str, before: str) -> str | None:
    found = re.search(before + r"[^>]*>(<svg.*?</svg>)", page, re.S)
    assert found
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=found[1], width=900))))
    (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    return code.ec_level


def test_the_cards_code_is_of_level_q(client: Client, lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()

    assert read_level(client.get(path_of(card)).text, "data-code-picture") == "Q"
    assert read_level("<p>" + client.get(f"{path_of(card)}/code").text, "<p") == "Q"


@pytest.mark.parametrize("path", ["staff_scan", "redeem_code"])
def test_the_vouchers_code_is_of_level_q(client: Client, lume: Shop, path: str) -> None:
    where = voucher_path(card_with_reward(lume.publish(**one_reward(path))))
    if path == "redeem_code":
        client.post(f"{where}/code")

    assert read_level(client.get(where).text, '<div class="picture"') == "Q"

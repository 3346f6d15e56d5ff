"""What a person may have written into the settings is taken as it is meant, or refused in a sentence."""

import pytest

from stampwell.environment import (
    CHECKOUT,
    EnvironmentTrouble,
    clean_base_url,
    is_on_this_machine,
    is_secret,
    read_addresses,
    read_base_url,
    read_choice,
    read_data_folder,
    read_number,
    read_place,
    read_rate,
    without_credentials,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://cards.example.com", "https://cards.example.com"),
        (" https://Cards.Example.com/ ", "https://cards.example.com"),
        ("https://cards.example.com:443", "https://cards.example.com"),
        ("https://cards.example.com:8443/", "https://cards.example.com:8443"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://kohvik-mõmmi.ee", "https://xn--kohvik-mmmi-mfb.ee"),
    ],
)
def test_an_address_is_taken_as_browsers_write_it(written: str, meant: str) -> None:
    assert clean_base_url(written, "STAMPWELL_BASE_URL") == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("cards.example.com", "does not begin with https://"),
        ("ftp://cards.example.com", "does not begin with https://"),
        ("https://", "names no host"),
        ("https://cards.example.com/shop", "more than a host and a port"),
        ("https://cards.example.com?x=1", "more than a host and a port"),
        ("https://me:secret@cards.example.com", "more than a host and a port"),
        ("https://cards.example.com:port", "is no address"),
        ("https://cards.example.com:99999", "is no address"),
        ("https://cards..example.com", "is no address"),
        ("https://my_shop.example.com", "names no host"),
        ("https://cards.example.com, https://b.example", "names no host"),
    ],
)
def test_what_is_no_address_is_refused(written: str, why: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="Write the address that people open") as refused:
        clean_base_url(written, "STAMPWELL_BASE_URL")

    assert why in str(refused.value)


def test_without_settings_a_checkout_serves_itself() -> None:
    assert read_base_url({}) == "http://127.0.0.1:8000"
    assert read_data_folder({}) == CHECKOUT / "var"
    assert read_data_folder({"STAMPWELL_DATA": "/srv/stampwell"}).as_posix() == "/srv/stampwell"
    assert is_on_this_machine(read_base_url({}))
    assert not is_on_this_machine("https://cards.example.com")


@pytest.mark.parametrize("written", ["four", "-1", "1.5", "٤", "4 4"])
def test_a_number_is_a_whole_number(written: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="STAMPWELL_WEB_THREADS is a whole number such as 4"):
        read_number({"STAMPWELL_WEB_THREADS": written}, "STAMPWELL_WEB_THREADS", 4)


@pytest.mark.parametrize(("written", "meant"), [("15", 15.0), (" 0.5 ", 0.5), ("1000", 1000.0), ("", 7.0)])
def test_a_rate_may_be_a_part(written: str, meant: float) -> None:
    assert read_rate({"STAMPWELL_GOOGLE_REQUESTS_A_SECOND": written}, "STAMPWELL_GOOGLE_REQUESTS_A_SECOND", 7) == meant


@pytest.mark.parametrize("written", ["0", "0.0", "-1", "nan", "inf", "1e9", "fifteen", "٤", "1,5"])
def test_a_rate_is_above_nothing(written: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="STAMPWELL_GOOGLE_REQUESTS_A_SECOND is a number above 0 such as 15"):
        read_rate({"STAMPWELL_GOOGLE_REQUESTS_A_SECOND": written}, "STAMPWELL_GOOGLE_REQUESTS_A_SECOND", 15)


@pytest.mark.parametrize(("written", "meant"), [("yes", True), ("1", True), ("No", False), ("0", False), ("", True)])
def test_a_choice_is_yes_or_no(written: str, *, meant: bool) -> None:
    assert read_choice({"STAMPWELL_OPEN_SHOPS": written}, "STAMPWELL_OPEN_SHOPS", usual=True) is meant


def test_a_choice_that_is_neither_is_refused() -> None:
    with pytest.raises(EnvironmentTrouble, match="“yes” or “no”, not “maybe”"):
        read_choice({"STAMPWELL_OPEN_SHOPS": "maybe"}, "STAMPWELL_OPEN_SHOPS")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", []),
        ("you@shop.example", ["you@shop.example"]),
        (" a@b.example , c@d.example,", ["a@b.example", "c@d.example"]),
    ],
)
def test_addresses_stand_with_commas_between(given: str, read: list[str]) -> None:
    assert read_addresses({"STAMPWELL_ALARM_TO": given}, "STAMPWELL_ALARM_TO") == read


@pytest.mark.parametrize(
    "given", ["you", "@shop.example", "you@", "a@b c@d", "You <a@b.example>", "a@b.example;c@d", "a\n@b"]
)
def test_what_nobody_can_send_mail_to_is_refused(given: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="STAMPWELL_ALARM_TO is an address such as"):
        read_addresses({"STAMPWELL_ALARM_TO": given}, "STAMPWELL_ALARM_TO")


@pytest.mark.parametrize(
    ("given", "read"), [("", None), ("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:9464", ("::1", 9464))]
)
def test_a_place_to_listen_is_a_host_and_a_port(given: str, read: tuple[str, int] | None) -> None:
    assert read_place({"STAMPWELL_METRICS_ADDRESS": given}, "STAMPWELL_METRICS_ADDRESS") == read


@pytest.mark.parametrize("given", ["9464", "::1:9464", "[]:9464", "localhost:0", "localhost:65536", "localhost:٨٠"])
def test_what_is_no_place_to_listen_is_refused(given: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="STAMPWELL_METRICS_ADDRESS is an address and a port"):
        read_place({"STAMPWELL_METRICS_ADDRESS": given}, "STAMPWELL_METRICS_ADDRESS")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAMPWELL_MAIL_PASSWORD", "/looks-like-a-path"),
        ("STAMPWELL_BACKUP_PASSPHRASE", "five words of a poem"),
        ("STAMPWELL_TOKEN_KEY", "00ff"),
        ("STAMPWELL_APPLE_KEY_PASSWORD", "x"),
        ("DATABASE_URL", "postgresql://lume:secret@db.example/lume"),
        ("DATABASE_URL", "postgresql:///lume?user=lume&password=secret"),
    ],
)
def test_what_opens_something_is_secret(name: str, value: str) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAMPWELL_MAIL_PASSWORD", ""),
        ("STAMPWELL_BACKUP_PASSPHRASE_FILE", "passphrase"),
        ("STAMPWELL_APPLE_KEY", "/etc/stampwell/apple.key"),
        ("STAMPWELL_APPLE_PUSH_KEY_ID", "ABC123"),
        ("DATABASE_URL", "postgresql://lume@db.example/lume"),
    ],
)
def test_what_only_names_something_is_no_secret(name: str, value: str) -> None:
    assert not is_secret(name, value)


def test_an_address_is_shown_without_who_opens_it() -> None:
    url = "postgresql://lume:secret@db.example/lume?password=secret&sslmode=require"

    assert without_credentials(url) == "postgresql://db.example/lume?password=&sslmode=require"

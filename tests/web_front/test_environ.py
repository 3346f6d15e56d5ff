"""A request reaches the application as WSGI describes it, and no header passes for another."""

from types import SimpleNamespace

from granian.rsgi import Scope

from stampwell.web_front.environ import header, make_environ


def scope(*headers: tuple[str, str], path: str = "/", client: str = "192.0.2.7:4000") -> Scope:
    return SimpleNamespace(  # type: ignore[return-value]
        method="POST",
        path=path,
        query_string="a=b",
        http_version="1.1",
        client=client,
        server="127.0.0.1:8000",
        scheme="http",
        headers=Headers(headers),
    )


class Headers:
    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        self._headers = headers

    def items(self) -> list[tuple[str, str]]:
        return [*self._headers]

    def __contains__(self, name: str) -> bool:
        return name in dict(self._headers)


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_dash() -> None:
    environ = make_environ(scope(("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "192.0.2.2")), b"")

    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_a_header_that_comes_twice_is_one() -> None:
    environ = make_environ(scope(("cookie", "a=1"), ("cookie", "b=2"), ("accept", "x"), ("accept", "y")), b"")

    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")


def test_a_line_of_the_visitor_does_not_hide_the_line_of_the_proxy() -> None:
    asked = scope(("x-forwarded-for", "198.51.100.1"), ("accept", "*/*"), ("x-forwarded-for", "203.0.113.7"))

    assert header(asked, "x-forwarded-for") == "198.51.100.1,203.0.113.7"
    assert header(asked, "cookie") == ""


def test_the_length_is_that_of_the_body_which_has_come() -> None:
    environ = make_environ(scope(("content-length", "9"), ("content-type", "text/plain")), b"body")

    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("4", "text/plain")
    assert environ["wsgi.input"].read() == b"body"


def test_a_path_is_as_bytes_in_latin_1_and_addresses_lose_their_brackets() -> None:
    environ = make_environ(scope(path="/kartītes", client="[2001:db8::7]:4000"), b"")

    assert environ["PATH_INFO"].encode("latin-1").decode() == "/kartītes"
    assert environ["REMOTE_ADDR"] == "2001:db8::7"

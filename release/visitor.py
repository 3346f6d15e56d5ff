"""Somebody with a browser: opens pages, fills in their forms, sends them."""

from html.parser import HTMLParser

import httpx

from release.trouble import ReleaseTrouble

Fields = dict[str, str | list[str]]


class Visitor:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def see(self, address: str) -> str:
        return _good(self._client.get(address, follow_redirects=True)).text

    def send(self, address: str, **filled: str | list[str]) -> httpx.Response:
        """The form of a page, with what it proposes where nothing is filled in."""
        page = _good(self._client.get(address, follow_redirects=True))
        form = _Form()
        form.feed(page.text)
        headers = {"Referer": str(page.url)}
        return _good(
            self._client.post(page.url, data={**form.fields, **filled}, headers=headers, follow_redirects=True)
        )


def _good(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise ReleaseTrouble(f"{answer.request.method} {answer.request.url} is answered with {answer.status_code}.")
    return answer


class _Form(HTMLParser):
    """What a browser would send of all forms of a page; the tables of ours have names of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value") or ""
        elif tag == "input" and name and _is_sent(given):
            self.fields[name] = given.get("value") or ""


def _is_sent(given: dict[str, str | None]) -> bool:
    return given.get("type") not in {"checkbox", "radio", "file", "submit"} or "checked" in given

"""Somebody with a browser, who signs in with GitHub and sees what is on the pages."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Self
from urllib.parse import parse_qsl, urlsplit

import httpx2

LOGIN = "/api/v1/auth/github/login"
_FORM = re.compile(r"<form.*?</form>", re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Browser:
    """A browser that keeps cookies, and follows no redirect by itself, so that each is seen."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx2.AsyncClient(trust_env=False, timeout=30)

    async def __aenter__(self) -> Self:
        """The browser itself; leaving closes its connections."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def open(self, address: str, **headers: str) -> httpx2.Response:
        """Go to an address."""
        return await self._client.get(httpx2.URL(self.address).join(address), headers=headers)

    async def change(self, path: str) -> httpx2.Response:
        """What a page of Taskly sends when something is to change."""
        headers = {"Origin": self.address, "X-Taskly-Request": "1"}
        return await self._client.post(self.address + path, headers=headers)

    async def press(self, page: httpx2.Response, text: str) -> httpx2.Response:
        """Press the button of a page that says this."""
        [form] = [each for each in _FORM.findall(page.text) if f">{text}<" in each]
        action, fields = re.search(r'action="([^"]*)"', form), dict(_FIELD.findall(form))
        assert action is not None
        sent = {name: unescape(value) for name, value in fields.items()}
        return await self._client.post(page.url.join(unescape(action[1])), data=sent)

    async def ask_for_code(self, login: str) -> str:
        """To GitHub, where somebody consents; the address at Taskly to which GitHub sends the browser."""
        departure = await self.open(LOGIN)
        consent = await self.open(departure.headers["location"])
        return str((await self.press(consent, login)).headers["location"])


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def lifetimes(response: httpx2.Response) -> Mapping[str, int]:
    """For how many seconds the browser is to keep which cookie."""
    kept = {}
    for cookie in response.headers.get_list("set-cookie"):
        name, *attributes = cookie.split("; ")
        ages = [each.partition("=")[2] for each in attributes if each.startswith("Max-Age=")]
        kept[name.partition("=")[0]] = int(ages[0])
    return kept

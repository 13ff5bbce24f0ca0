"""What GitHub's texts say about cards, and what branches are called.

A card is named by its key (`PAY-123`, any case) or its address (`{public_url}/c/PAY-123`). Keys count at word
boundaries and only for boards that are known. They do not count in code, quotes and HTML comments (see
`taskly.kit.prose`), in other addresses and in e-mail addresses.

A key closes its card where it stands in a branch name or a title, and in a body after a form of close, fix or
resolve: `closes PAY-1, PAY-2 and PAY-3`. Elsewhere it only mentions the card; a commit is a step on the way
and closes nothing.
"""

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from taskly.kit.prose import GAP, paragraphs_of, prose_in
from taskly.kit.slugs import slugify

MAXIMUM_BRANCH_NAME_LENGTH = 200
"""Characters. Git keeps a branch in a file of its name, and file names end at 255 bytes."""

DEFAULT_BRANCH_TEMPLATE = "feature/{key}-{number}-{title}"


class MentionSource(enum.StrEnum):
    """The kind of text that names a card."""

    BRANCH = "branch"
    TITLE = "title"
    BODY = "body"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class CardMention:
    """A card that a text names, and whether the merge completes it."""

    board_key: str
    number: int
    closes: bool
    source: MentionSource


# Chinese, Japanese and Korean put no space beside a key, so their characters end a word.
_LETTER = r"[^\W_\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_KEY = r"(?P<key>[A-Za-z0-9]{2,10})-(?P<number>[1-9][0-9]{0,8})"
_NO_VERSION = r"(?!\.(?:[0-9]|[xX]\b))"
# In a branch words are joined by `-` and `_`, so they bound keys: `PAY-123-2-factor-sign-in`. That leaves
# the numbers of vulnerabilities, a year and four digits or more, to be told from keys. Only those: the title of
# PAY-1999 may begin with four digits, too.
_IN_BRANCH = re.compile(
    rf"(?<!{_LETTER})(?![Cc][Vv][Ee]-(?:19|20)[0-9]{{2}}-[0-9]{{4}}){_KEY}(?!{_LETTER}){_NO_VERSION}"
)
# In prose `CVE-2026-41284`, `NON-PAY-1`, `@pay-1` (a person) and `acme/pay-1#2` (an issue) are other things.
_IN_PROSE = (
    rf"(?<!{_LETTER})(?<!{_LETTER}[-_])(?<![@])"
    rf"{_KEY}(?!{_LETTER})(?![-#][0-9])(?!_{_LETTER})(?!@\w){_NO_VERSION}"
)
_ITEM = re.compile(rf"{_IN_PROSE}|(?<!{_LETTER})#[0-9]{{1,9}}\b")
_KEYWORD = re.compile(
    rf"(?<!{_LETTER})(?<!{_LETTER}_)(?<![-/.@#])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)"
    r"[*_]{0,3}(?:\s{0,3}:[*_]{0,3}\s{0,3}|\s{1,3})[\[#*_]{0,4}\Z",
    re.IGNORECASE,
)
_LONGEST_KEYWORD = 40
_NEXT_ITEM = re.compile(
    r"[\]*_]{0,4}\s{0,3}(?:,(?:\s{1,3}and\b)?|&|\band\b)\s{0,3}[\[#*_]{0,4}", re.IGNORECASE
)

_LINK = re.compile(
    r"\[(?P<text>[^\[\]\n]{0,500})\]\((?P<address>[^()\s]{1,2000})(?:[ \t][^()\n]{0,200})?\)"
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.|(?<![\w@/.-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20}/)"
    rf"[^\s<>()\[\]\"'`{GAP}]*",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?*_~"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_E_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,9}[\w-]{1,63}(?::\S+)?")
_CARD_PATH = re.compile(rf"{_KEY}(?=$|[/?#])")


def find_card_keys(
    text: str, keys: Collection[str], *, source: MentionSource, public_url: str | None = None
) -> list[CardMention]:
    """The cards that a text names, each once, in the order in which they are named.

    `keys` are the keys of the boards that may be named. Of several mentions of a card one that closes is
    enough. Without `public_url` no address names a card. Takes time in proportion to the text's length.
    """
    known = {key.upper() for key in keys}
    closing: dict[tuple[str, int], bool] = {}
    for board_key, number, closes in _mentions(text, source, public_url):
        if board_key in known:
            card = (board_key, number)
            closing[card] = closing.get(card, False) or closes
    return [CardMention(*card, closes, source) for card, closes in closing.items()]


def _mentions(
    text: str, source: MentionSource, public_url: str | None
) -> Iterator[tuple[str, int, bool]]:
    """Board key, number, and whether it closes, of all that looks like a card key."""
    if source is MentionSource.BRANCH:
        for match in _IN_BRANCH.finditer(text):
            yield match["key"].upper(), int(match["number"]), True
        return
    in_title = source is MentionSource.TITLE
    in_body = source is MentionSource.BODY
    for paragraph in [prose_in(text)] if in_title else paragraphs_of(text):
        for match, after_keyword in _items(_without_addresses(paragraph, public_url)):
            if match["key"]:
                closes = in_title or (in_body and after_keyword)
                yield match["key"].upper(), int(match["number"]), closes


def _items(prose: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Card keys and `#12`, each with whether it stands after a closing keyword or in the list after one."""
    end, closing = 0, False
    for item in _ITEM.finditer(prose):
        before = prose[max(end, item.start() - _LONGEST_KEYWORD) : item.start()]
        goes_on = closing and item.start() - end <= _LONGEST_KEYWORD
        closing = bool(_KEYWORD.search(before) or (goes_on and _NEXT_ITEM.fullmatch(before)))
        yield item, closing
        end = item.end()


def _without_addresses(prose: str, public_url: str | None) -> str:
    """The prose with card keys for addresses of cards, and gaps for other addresses and for e-mail addresses."""
    place = None if public_url is None else _SCHEME.sub("", public_url).rstrip("/").lower() + "/c/"

    def in_link(link: re.Match[str]) -> str:
        key = _key_in_address(link["address"], place)
        return link["text"] if key is None or key in link["text"].upper() else key

    def alone(address: re.Match[str]) -> str:
        bare = address[0].rstrip(_AFTER_ADDRESS)
        return (_key_in_address(bare, place) or GAP) + address[0][len(bare) :]

    return _E_MAIL.sub(GAP, _ADDRESS.sub(alone, _LINK.sub(in_link, prose)))


def _key_in_address(address: str, place: str | None) -> str | None:
    path = _SCHEME.sub("", address)
    if place is None or not path.lower().startswith(place):
        return None
    card = _CARD_PATH.match(path[len(place) :])
    return None if card is None else f"{card['key']}-{card['number']}".upper()


_VARIABLE = re.compile(r"\{([^{}]*)\}")
_LONGEST_VALUE = {"key": 10, "number": 10, "title": 1, "type": 1, "user": 1}
"""Characters that a variable takes at the worst; slugs can be cut down to one."""
_SLUG_LIMIT = 60
_NOT_IN_A_REF = re.compile(r"[\0-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)")
_LOCK = re.compile(r"\.lock(?=/|\Z)")
_COMMIT_ID = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


def branch_name(template: str, *, key: str, number: int, title: str, type_: str, user: str) -> str:
    """The name that a board's template gives to a card's branch: `feature/PAY-123-add-refunds`.

    Variables are `{key}`, `{number}`, `{title}`, `{type}` and `{user}`. The last three are written as slugs of
    at most 60 characters, and of less where the name would be longer than 200.

    Raises:
        ValueError: the template has unknown variables or stray braces, leaves no room for the variables, or
            gives names that Git does not take. A template that is fine for one card is so for all.
    """
    _check_template(template)
    limit = _SLUG_LIMIT
    while True:
        name = template.format(
            key=key,
            number=number,
            title=slugify(title, limit=limit, default="card"),
            type=slugify(type_, limit=limit, default="task"),
            user=slugify(user, limit=limit, default="user"),
        )
        if len(name) <= MAXIMUM_BRANCH_NAME_LENGTH:
            break
        limit -= 1
    name = _LOCK.sub("-lock", name)
    # Git keeps HEAD for itself, and GitHub what could be the id of a commit.
    if name == "HEAD" or _COMMIT_ID.fullmatch(name):
        name += "-branch"
    if not is_valid_ref_name(name):
        raise ValueError(f"the branch template {template!r} gives names that Git does not take")
    return name


def with_suffix(name: str, n: int) -> str:
    """Another name for a branch whose name is taken: `feature/PAY-123-add-refunds-2`, not longer than 200.

    Raises:
        ValueError: `n` is less than 1.
    """
    if n < 1:
        raise ValueError("a suffix counts from 1")
    suffix = f"-{n}"
    return name[: MAXIMUM_BRANCH_NAME_LENGTH - len(suffix)].rstrip("-/.") + suffix


def is_valid_ref_name(name: str) -> bool:
    """Whether Git takes the name for a branch: `git check-ref-format --branch`."""
    return (
        bool(name)
        and name not in {"@", "HEAD"}
        and not name.startswith(("-", "/", "."))
        and not name.endswith(("/", "."))
        and _NOT_IN_A_REF.search(name) is None
        and _is_unicode(name)
    )


def _check_template(template: str) -> None:
    variables = _VARIABLE.findall(template)
    unknown = sorted(set(variables) - _LONGEST_VALUE.keys())
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValueError(f"the branch template has unknown variables: {names}")
    rest = _VARIABLE.sub("", template)
    if "{" in rest or "}" in rest:
        raise ValueError("the branch template has a brace that belongs to no variable")
    if len(rest) + sum(_LONGEST_VALUE[name] for name in variables) > MAXIMUM_BRANCH_NAME_LENGTH:
        raise ValueError("the branch template leaves no room for its variables")


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

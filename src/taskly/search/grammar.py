"""The grammar of queries, read by lark: from text to what is written, or to the word that does not fit.

Which word is what depends on what is before it (a contextual lexer): behind `label:` everything up to a
blank is a value, so labels called `kind:bug` or `c++` need no quotes. Nothing here recurses, so that
nesting costs no stack.
"""

from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from taskly.search.rules.mistakes import Mistake, QueryMistakes, shown
from taskly.search.rules.syntax import Choice, Filter, Group, Negation, Sign, Syntax, Text, Value

LONGEST_QUERY = 1000
"""Characters."""
MOST_TERMS = 50
"""Words and values of filters."""
DEEPEST_NESTING = 10
"""Parentheses within each other."""

GRAMMAR = r"""
    start: any?
    any: all (_OR all)*
    all: part (_AND? part)*
    ?part: (MINUS | NOT) one -> negation
         | one
    ?one: LPAR any RPAR -> group
        | filter
        | PHRASE -> phrase
        | WORD -> word
    filter: FIELD choice (COMMA choice)*
    choice: value -> equal
          | COMPARISON value -> compared
          | value DOTS value -> between
          | value OPEN_END -> from_on
          | DOTS value -> up_to
    value: PHRASE -> quoted
         | ATOM -> bare

    _OR.4: /OR(?![^\s()])/
    _AND.4: /AND(?![^\s()])/
    NOT.4: /NOT(?![^\s(])/
    MINUS.3: /-(?![\s\-)]|$)/
    FIELD.2: /[A-Za-z_]+:(?![\s:]|\/\/|$)/
    PHRASE.2: /"[^"]*"/
    COMPARISON.2: /(?:>=|<=|>|<)(?![\s,)]|$)/
    DOTS.2: /\.\.(?![\s,)]|$)/
    OPEN_END.2: /\.\.(?=[\s,)]|$)/
    COMMA.2: /,(?![\s,)]|$)/
    LPAR.2: "("
    RPAR.2: ")"
    ATOM: /(?:(?!\.\.)[^\s,()"]|\([^\s(),]*\))(?:(?!\.\.)[^\s,()]|\([^\s(),]*\))*/
    WORD: /(?:[^\s()",]|(?<![^\s(]),)(?:[^\s()]|\([^\s()]*\))*/
    %ignore /\s+/
"""

EXPECTED = {
    "ATOM": "a value",
    "COMMA": ",",
    "DOTS": "..",
    "FIELD": "a filter",
    "LPAR": "(",
    "PHRASE": '"exact words"',
    "RPAR": ")",
    "WORD": "a word",
}
"""What the words of the grammar are called when they are missed."""
TERMS = frozenset({"ATOM", "PHRASE", "WORD"})
_SIGNS: dict[str, Sign] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


def parse(text: str) -> Syntax:
    """What is written.

    Raises:
        QueryMistakes: the first word that does not fit, or what the query has too much of.
    """
    if len(text) > LONGEST_QUERY:
        message = f"A query has at most {LONGEST_QUERY} characters."
        raise _too_much(message, LONGEST_QUERY, text)
    parser = _LARK.parse_interactive(text)
    seen: list[Token] = []
    opened: list[Token] = []
    try:
        for token in parser.iter_parse():
            seen.append(token)
            _count(token, seen, opened, text)
        written: Syntax = parser.feed_token(Token("$END", "", start_pos=len(text)))
    except (UnexpectedCharacters, UnexpectedToken) as error:
        raise QueryMistakes([_mistake(text, error, seen, opened)]) from None
    return written


def _count(token: Token, seen: list[Token], opened: list[Token], text: str) -> None:
    """Keep what is open, and refuse what is too much."""
    start = _place(token)[0]
    if token.type == "LPAR":
        opened.append(token)
        if len(opened) > DEEPEST_NESTING:
            message = f"Parentheses stand within each other at most {DEEPEST_NESTING} deep."
            raise _too_much(message, start, text)
    elif token.type == "RPAR" and opened:
        opened.pop()
    elif token.type in TERMS and sum(each.type in TERMS for each in seen) > MOST_TERMS:
        message = f"A query has at most {MOST_TERMS} words and values."
        raise _too_much(message, start, text)


def _too_much(message: str, start: int, text: str) -> QueryMistakes:
    word = shown(text[start:])
    return QueryMistakes([Mistake("too_much", message, start, len(text), word)])


def _mistake(
    text: str,
    error: UnexpectedCharacters | UnexpectedToken,
    seen: list[Token],
    opened: list[Token],
) -> Mistake:
    """What does not fit, at the word that has to be changed."""
    start = error.pos_in_stream or 0
    allowed = set(error.expected if isinstance(error, UnexpectedToken) else error.allowed or ())
    if not opened:
        allowed.discard("RPAR")
    expected = tuple(EXPECTED[name] for name in sorted(allowed & EXPECTED.keys()))
    if start == len(text):
        return _ended_early(text, seen, opened, expected)
    end = next((place for place in range(start, len(text)) if text[place].isspace()), len(text))
    character = text[start]
    if character in "()":
        end = start + 1
    word = shown(text[start:end])
    kind, message = _complaint(character, word, has_opened=bool(opened))
    return Mistake(kind, message, start, end, word, expected)


def _complaint(character: str, word: str, *, has_opened: bool) -> tuple[str, str]:
    if character == '"':
        return "quote_open", "This quotation mark has no second one."
    if character == ")" and not has_opened:
        return "parenthesis_unopened", "This ) has no ( before it. Quote it to look for it."
    if character == ")":
        return "empty", "Nothing stands before this )."
    if character == ",":
        return "value_missing", "Write a value directly behind the comma, without a blank."
    return "unexpected", f"{word} can't stand here. Quote it to look for it."


def _ended_early(
    text: str, seen: list[Token], opened: list[Token], expected: tuple[str, ...]
) -> Mistake:
    last = seen[-1]
    if opened and last.type in {*TERMS, "RPAR", "OPEN_END"}:
        start, end = _place(opened[-1])
        return Mistake("parenthesis_open", "This ( has no ) behind it.", start, end, "(", expected)
    start, end = _place(last)
    message = f"Something has to follow {last}."
    return Mistake("ends_early", message, start, end, shown(text[start:end]), expected)


def _place(token: Token) -> tuple[int, int]:
    start = token.start_pos or 0
    return start, start + len(token)


@v_args(inline=True)
class _Written(Transformer[Token, Any]):
    """Makes what is written of what the grammar finds."""

    def start(self, inner: Syntax | None = None) -> Syntax:
        return Group("and", ()) if inner is None else inner

    def any(self, *parts: Syntax) -> Syntax:
        return parts[0] if len(parts) == 1 else Group("or", parts)

    def all(self, *parts: Syntax) -> Syntax:
        return parts[0] if len(parts) == 1 else Group("and", parts)

    def negation(self, _: Token, part: Syntax) -> Syntax:
        return Negation(part)

    def group(self, _: Token, inner: Syntax, __: Token) -> Syntax:
        return inner

    def word(self, token: Token) -> Syntax:
        return Text(str(token), *_place(token))

    def phrase(self, token: Token) -> Syntax:
        return Text(str(token)[1:-1], *_place(token), is_quoted=True)

    def filter(self, name: Token, *rest: Any) -> Syntax:
        start, end = _place(name)
        choices = tuple(each for each in rest if isinstance(each, Choice))
        return Filter(str(name)[:-1], start, end - 1, choices)

    def equal(self, value: Value) -> Choice:
        return Choice("", value)

    def compared(self, sign: Token, value: Value) -> Choice:
        return Choice(_SIGNS[str(sign)], value)

    def between(self, low: Value, _: Token, high: Value) -> Choice:
        return Choice("..", low, high)

    def from_on(self, low: Value, _: Token) -> Choice:
        return Choice("..", low)

    def up_to(self, _: Token, high: Value) -> Choice:
        return Choice("..", None, high)

    def bare(self, token: Token) -> Value:
        return Value(str(token), *_place(token))

    def quoted(self, token: Token) -> Value:
        return Value(str(token)[1:-1], *_place(token), is_quoted=True)


_LARK = Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=_Written())

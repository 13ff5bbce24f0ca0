"""Reading a query: the text that people type, as conditions."""

from taskly.search.grammar import parse
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.meaning import meaning_of
from taskly.search.rules.query import Query


def read_query(text: str, calendar: Calendar) -> Query:
    """The conditions that a text means on a day.

    Raises:
        QueryMistakes: it can't be understood; each mistake names its word and place.
    """
    return meaning_of(parse(text), calendar, end=len(text))

"""What conditions for cards are made of."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute

from taskly.cards.models import Card

Condition = ColumnElement[bool]


def there_is(*conditions: Condition) -> Condition:
    """Whether there are rows like that; of what is outside, only the card counts."""
    return exists().where(*conditions).correlate(Card)


def on_card(card_id: InstrumentedAttribute[UUID], *conditions: Condition) -> Condition:
    """The same of what hangs on the card, by its column of cards' ids."""
    return there_is(card_id == Card.id, *conditions)

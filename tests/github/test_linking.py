"""Links follow GitHub's texts and people's decisions."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.linking import (
    Link,
    LinkSource,
    Mention,
    compare_links,
    decided_link,
    wanted_links,
)

CARDS = [UUID(int=number) for number in range(1, 5)]
ONE, TWO, *_ = CARDS
AUTOMATIC = [source for source in LinkSource if source.is_automatic]
LINKS = st.builds(Link, st.sampled_from(LinkSource), st.booleans())
WANTED = st.dictionaries(
    st.sampled_from(CARDS), st.builds(Link, st.sampled_from(AUTOMATIC), st.booleans())
)


def test_of_several_mentions_the_strongest_names_the_source_and_any_may_close() -> None:
    mentions = [
        Mention(ONE, Link(LinkSource.COMMIT, closes=False)),
        Mention(ONE, Link(LinkSource.BODY, closes=True)),
        Mention(ONE, Link(LinkSource.TITLE, closes=True)),
        Mention(TWO, Link(LinkSource.COMMIT, closes=False)),
    ]
    assert wanted_links(mentions) == {
        ONE: Link(LinkSource.TITLE, closes=True),
        TWO: Link(LinkSource.COMMIT, closes=False),
    }


def test_a_link_goes_with_the_text_that_gave_reason_for_it() -> None:
    changes = compare_links({ONE: Link(LinkSource.TITLE, True)}, {}, removed=frozenset())
    assert (changes.added, changes.changed, changes.gone) == ({}, {}, frozenset({ONE}))


def test_what_a_person_linked_stays_whatever_the_texts_say() -> None:
    manual = {ONE: Link(LinkSource.MANUAL, True)}
    for wanted in ({}, {ONE: Link(LinkSource.COMMIT, False)}):
        changes = compare_links(manual, wanted, removed=frozenset())
        assert (changes.added, changes.changed, changes.gone) == ({}, {}, frozenset())


def test_what_a_person_took_away_stays_away() -> None:
    changes = compare_links({}, {ONE: Link(LinkSource.TITLE, True)}, removed=frozenset({ONE}))
    assert (changes.added, changes.changed, changes.gone) == ({}, {}, frozenset())


def test_linking_by_hand_leaves_a_link_that_is_there_as_it_is() -> None:
    for known in (Link(LinkSource.BODY, False), Link(LinkSource.CREATED, True)):
        assert decided_link(known, LinkSource.MANUAL, removed=False) == known


@given(st.none() | LINKS)
def test_a_pull_request_that_was_made_from_a_card_is_known_as_such(known: Link | None) -> None:
    made = decided_link(known, LinkSource.CREATED, removed=False)
    assert made.source is LinkSource.CREATED
    assert decided_link(made, LinkSource.MANUAL, removed=True) == Link(made.source, closes=True)


@given(LINKS)
def test_what_comes_back_by_hand_does_not_go_with_the_texts(known: Link) -> None:
    back = decided_link(known, LinkSource.MANUAL, removed=True)
    assert back.closes
    assert not back.source.is_automatic


@given(st.dictionaries(st.sampled_from(CARDS), LINKS), WANTED, st.sets(st.sampled_from(CARDS)))
def test_applying_the_changes_leaves_nothing_to_change(
    present: dict[UUID, Link], wanted: dict[UUID, Link], removed: set[UUID]
) -> None:
    taken_away = frozenset(removed - present.keys())
    changes = compare_links(present, wanted, removed=taken_away)
    after = {card_id: link for card_id, link in present.items() if card_id not in changes.gone}
    after |= {**changes.added, **changes.changed}
    again = compare_links(after, wanted, removed=taken_away)
    assert (again.added, again.changed, again.gone) == ({}, {}, frozenset())
    assert not after.keys() & taken_away

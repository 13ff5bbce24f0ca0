"""The pure rules: history, merging, chance."""

from hypothesis import given
from hypothesis import strategies as st

from taskly.fake_github.world.commits import blob_sha, changes, merged
from taskly.fake_github.world.numbers import Numbers

TREES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("12\n"), max_size=4)


@given(base=TREES, ours=TREES)
def test_merging_what_changed_on_one_side_alone_gives_that_side(
    base: dict[str, str], ours: dict[str, str]
) -> None:
    assert merged(base, ours, base) == ours
    assert merged(base, base, ours) == ours
    assert merged(base, ours, ours) == ours


@given(base=TREES, ours=TREES, theirs=TREES)
def test_merging_does_not_depend_on_who_is_first(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]
) -> None:
    assert merged(base, ours, theirs) == merged(base, theirs, ours)


@given(before=TREES, after=TREES)
def test_changes_name_exactly_the_paths_that_differ(
    before: dict[str, str], after: dict[str, str]
) -> None:
    differing = [path for path in "abcd" if before.get(path) != after.get(path)]

    assert [change.path for change in changes(before, after)] == differing


@given(seed=st.integers(), items=st.lists(st.integers(), max_size=20))
def test_shuffling_keeps_everything_and_depends_on_the_seed_alone(
    seed: int, items: list[int]
) -> None:
    shuffled = Numbers(seed).shuffled(items)

    assert sorted(shuffled) == sorted(items)
    assert Numbers(seed).shuffled(items) == shuffled


def test_a_file_has_the_hash_that_git_gives_it() -> None:
    assert blob_sha("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"

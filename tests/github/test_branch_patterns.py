"""Patterns of branch names."""

from time import perf_counter

import pytest

from taskly.github.rules.branch_patterns import LONGEST_PATTERN, check_pattern, matches


@pytest.mark.parametrize(
    ("pattern", "names", "others"),
    [
        ("main", ["main"], ["Main", "main2", "amain", "main/x", ""]),
        ("release/*", ["release/1.2", "release/x"], ["release", "release/1/2", "releases/1"]),
        ("release/**", ["release/1", "release/1/2"], ["release", "releases/1"]),
        ("release*", ["release", "release-1"], ["release/1"]),
        ("**/fix", ["fix", "a/fix", "a/b/fix"], ["afix", "a/afix", "fix/a"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["az", "a/bz", "ab/z"]),
        ("a/**/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["az", "a/bz"]),
        ("qa**/*", ["qa/1", "qa-2/x", "qa/x/y"], ["qa", "q/a"]),
        ("v?.?", ["v1.2"], ["v1.20", "v1/2", "v.2"]),
        ("v1.x", ["v1.x"], ["v10x"]),
        ("*", ["main"], ["release/1"]),
        ("**", ["main", "release/1"], []),
        ("a*b*c", ["abc", "aXbYc", "abbcc"], ["ab/c", "acb"]),
        ("größe/*", ["größe/1"], ["grosse/1"]),
    ],
)
def test_a_pattern_fits_some_names_and_no_others(
    pattern: str, names: list[str], others: list[str]
) -> None:
    assert check_pattern(pattern) == pattern
    assert [name for name in [*names, *others] if matches(pattern, name)] == names


@pytest.mark.parametrize(
    "pattern",
    ["", "/main", "main/", "a..b", "a b", "release/[12]", "a//b", "-x", "x.lock", "@{1}", "a\\*"],
)
def test_a_pattern_that_no_branch_can_fit_is_refused_in_words(pattern: str) -> None:
    with pytest.raises(ValueError, match="no branch is called like"):
        check_pattern(pattern)


def test_a_pattern_is_as_long_as_a_branch_at_most() -> None:
    assert check_pattern("a" * LONGEST_PATTERN)
    with pytest.raises(ValueError, match="200 characters at most"):
        check_pattern("a" * (LONGEST_PATTERN + 1))


def test_no_pattern_takes_long() -> None:
    began = perf_counter()
    assert not matches("**a*" * 50, "a" * 199 + "/")
    assert perf_counter() - began < 1

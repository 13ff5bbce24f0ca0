"""Every rule, in the order in which the house style names them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.lint import (
    clean_words,
    import_placement,
    log_names,
    no_secrets,
    no_type_ignore,
    one_commit,
    plain_names,
    pure_rules,
    queries_in_repositories,
    relationships,
    scoped_dependencies,
    small,
    thin_endpoints,
)
from tools.lint.finding import Finding
from tools.lint.sources import Source, sources_among
from tools.lint.texts import Text, read_texts

SOURCE_RULES: tuple[Callable[[Sequence[Source]], Iterator[Finding]], ...] = (
    import_placement.check,
    one_commit.check,
    scoped_dependencies.check,
    thin_endpoints.check,
    queries_in_repositories.check,
    pure_rules.check,
    no_type_ignore.check,
    relationships.check,
    plain_names.check,
    small.check,
    log_names.check,
)
TEXT_RULES: tuple[Callable[[Sequence[Text]], Iterator[Finding]], ...] = (
    clean_words.check,
    no_secrets.check,
)


def check_repository(root: Path) -> list[Finding]:
    """What every rule finds in a checkout, in the order of the files.

    Raises:
        SyntaxError: a Python file can't be parsed.
    """
    texts = read_texts(root)
    sources = sources_among(texts)
    findings = [finding for rule in SOURCE_RULES for finding in rule(sources)]
    findings += [finding for rule in TEXT_RULES for finding in rule(texts)]
    return sorted(findings)

"""Which addresses lead to a pull request at GitHub."""

import pytest

from taskly.github.rules.addresses import PullRequestAddress, pull_request_at

WEB = "https://github.com"
ENTERPRISE = "https://git.example.org/hub"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/octo/pay.ments/pull/34",
        "http://github.com/octo/pay.ments/pull/34/",
        "https://www.github.com/octo/pay.ments/pull/34/files#diff-1",
        "HTTPS://GitHub.com/octo/pay.ments/pull/34?w=1",
        "https://github.com/octo/pay.ments/pull/34/commits/9f2c1d0#discussion",
    ],
)
def test_the_page_of_a_pull_request_and_the_pages_below_it_lead_to_it(url: str) -> None:
    assert pull_request_at(url, WEB) == PullRequestAddress("octo/pay.ments", 34)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "octo/payments#34",
        "https://github.com/octo/payments/issues/34",
        "https://github.com/octo/payments/pull/0",
        "https://github.com/octo/payments/pull/34x",
        "https://github.com/octo/payments/pull/9999999999",
        "https://github.com/octo/payments/pulls",
        "https://github.com/payments/pull/34",
        "https://github.com.example.org/octo/payments/pull/34",
        "https://github.com@example.org/octo/payments/pull/34",
        "https://example.org/https://github.com/octo/payments/pull/34",
        "ftp://github.com/octo/payments/pull/34",
        "https://[github.com/octo/payments/pull/34",
    ],
)
def test_no_other_address_does(url: str) -> None:
    assert pull_request_at(url, WEB) is None


def test_a_server_of_ones_own_may_be_below_a_path() -> None:
    found = pull_request_at(f"{ENTERPRISE}/octo/payments/pull/3", ENTERPRISE)
    assert found == PullRequestAddress("octo/payments", 3)
    assert pull_request_at("https://git.example.org/octo/payments/pull/3", ENTERPRISE) is None

"""What stands beside and below the repositories: faults, logs, people."""

from taskly.fake_github.pages.logs import deliveries, requests
from taskly.fake_github.pages.markup import Html, button_form, element, text_input
from taskly.fake_github.site import Site
from taskly.fake_github.world.faults import Fault
from taskly.fake_github.world.github import GitHub

# The faults that a button turns on: its words, and the fields that it posts.
_FAULTS: dict[str, dict[str, str]] = {
    "lose the next delivery": {"kind": "drop_deliveries", "times": "1"},
    "repeat the next delivery": {"kind": "duplicate_deliveries", "times": "1"},
    "hold deliveries": {"kind": "hold_deliveries"},
    "deliver 5 s late": {"kind": "delay_deliveries", "milliseconds": "5000"},
    "fail the next 3 requests": {"kind": "errors", "times": "3"},
    "break the next answer off": {"kind": "garbage", "times": "1"},
    "be slow (2 s)": {"kind": "latency", "milliseconds": "2000"},
    "time out (60 s)": {"kind": "latency", "milliseconds": "60000"},
    "limit the next request": {"kind": "limited", "times": "1", "retry_after": "60"},
    "be down": {"kind": "down"},
    "reach no webhook's address": {"kind": "unreachable_hooks"},
}


def side(site: Site) -> list[Html]:
    """Faults, and the logs."""
    return [_faults(site), deliveries(site.github), requests(site.github)]


def people(github: GitHub) -> Html:
    """Who lives here, and forms for more."""
    owners = [element("option", each.login) for each in github.accounts.values()]
    return element(
        "section",
        element("h2", "People and repositories"),
        [
            element(
                "div",
                element("img", src=github.addresses.avatar(each.id), alt="", class_="avatar"),
                element("b", each.login),
                element("span", each.name or "", class_="quiet grow"),
                button_form("/page/limit", "use up the limit", {"login": each.login}, "danger"),
                button_form("/page/revoke", "revoke tokens", {"login": each.login}, "danger"),
                class_="row",
            )
            for each in github.accounts.values()
        ],
        element(
            "form",
            text_input("login", "login"),
            text_input("email", "e-mail address"),
            element("button", "Make a user", type="submit"),
            method="post",
            action="/page/users",
            class_="line",
        ),
        element(
            "form",
            element("select", owners, name="owner", aria_label="owner"),
            text_input("name", "repository"),
            element("button", "Make a repository", type="submit"),
            method="post",
            action="/page/repositories",
            class_="line",
        )
        if owners
        else None,
        class_="card",
    )


def _faults(site: Site) -> Html:
    active = list(site.github.faults.active.values())
    held = site.deliverer.held
    return element(
        "section",
        element("h2", "Faults"),
        [_fault_row(fault) for fault in active]
        or element("p", "Everything works.", class_="quiet"),
        button_form("/page/faults/clear", "work again", kind="main") if active else None,
        element("h3", "Make something go wrong"),
        element(
            "div",
            [button_form("/page/faults", text, fields) for text, fields in _FAULTS.items()],
            class_="buttons",
        ),
        element(
            "p",
            f"{held} held ",
            button_form("/page/deliveries/release", "release"),
            " ",
            button_form("/page/deliveries/release", "release shuffled", {"order": "shuffled"}),
        )
        if held
        else None,
        class_="card",
    )


def _fault_row(fault: Fault) -> Html:
    left = "until cleared" if fault.times is None else f"{fault.times} more"
    return element(
        "div",
        element("b", fault.kind.replace("_", " "), class_="bad"),
        element("span", f"{left}, hit {fault.hits}", class_="quiet"),
        class_="row",
    )

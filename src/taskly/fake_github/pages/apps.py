"""The apps on the page for people, with buttons to install, suspend and take them off."""

from collections.abc import Callable, Mapping

from taskly.fake_github.actions.installing import (
    install_app,
    suspend_app,
    uninstall_app,
    unsuspend_app,
)
from taskly.fake_github.pages.markup import Html, button_form, element
from taskly.fake_github.site import Site
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import not_found

Form = Mapping[str, str]


def apps(github: GitHub) -> list[Html]:
    """All apps; nothing as long as there is none."""
    return [_app_card(github, app) for app in github.apps.values()]


def _app_card(github: GitHub, app: App) -> Html:
    installed = {each.account.login for each in app.installations.values()}
    others = [each.login for each in github.accounts.values() if each.login not in installed]
    return element(
        "section",
        element("h2", app.name, " ", element("span", "GitHub App", class_="quiet")),
        [_installation_row(app, each) for each in app.installations.values()]
        or element("p", "Installed nowhere.", class_="quiet"),
        element(
            "div",
            [
                button_form(
                    "/page/apps/install",
                    f"install on {login}",
                    {"app": str(app.id), "login": login},
                )
                for login in others
            ],
            class_="buttons",
        ),
        class_="card",
    )


def _installation_row(app: App, record: Installation) -> Html:
    fields = {"app": str(app.id), "installation": str(record.id)}
    is_suspended = record.suspended_at is not None
    turn = "unsuspend" if is_suspended else "suspend"
    chosen = record.repository_ids
    seen = "all repositories" if chosen is None else f"{len(chosen)} repositories"
    return element(
        "div",
        element("b", record.account.login),
        element("span", "suspended" if is_suspended else seen, class_="quiet"),
        button_form(f"/page/apps/{turn}", turn, fields),
        button_form("/page/apps/uninstall", "uninstall", fields),
        class_="row",
    )


def _install(site: Site, form: Form) -> None:
    account = site.github.find_account(form.get("login", ""))
    if account is None:
        raise not_found()
    install_app(site.github, _app(site, form), account)


def _on_installation(
    act: Callable[[GitHub, App, Installation], None],
) -> Callable[[Site, Form], None]:
    def press(site: Site, form: Form) -> None:
        app = _app(site, form)
        installation = app.installations.get(int(form.get("installation") or 0))
        if installation is None:
            raise not_found()
        act(site.github, app, installation)

    return press


def _app(site: Site, form: Form) -> App:
    app = site.github.apps.get(int(form.get("app") or 0))
    if app is None:
        raise not_found()
    return app


ON_APPS: dict[str, Callable[[Site, Form], None]] = {
    "apps/install": _install,
    "apps/suspend": _on_installation(suspend_app),
    "apps/unsuspend": _on_installation(unsuspend_app),
    "apps/uninstall": _on_installation(uninstall_app),
}

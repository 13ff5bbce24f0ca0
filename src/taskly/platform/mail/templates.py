"""The texts of mails: Jinja2 templates, three files side by side in the `templates` of a domain.

`invitation.subject.txt` is one line, `invitation.txt` and `invitation.html` say the same. In HTML everything
is escaped. A name that a template knows and is not given is an error and no blank.
"""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from taskly.platform.mail.message import Mail


class Templates:
    """The templates of a package, such as `taskly.workspaces`."""

    def __init__(self, package: str) -> None:
        self._environment = Environment(
            loader=PackageLoader(package),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def mail(self, name: str, to: str, **values: Any) -> Mail:
        """The mail that the templates of this name make of the values."""
        subject, text, html = (
            self.written(f"{name}.{ending}", **values) for ending in ("subject.txt", "txt", "html")
        )
        return Mail(to=to, subject=" ".join(subject.split()), text=text, html=html)

    def written(self, file: str, **values: Any) -> str:
        """What one file makes of the values."""
        return self._environment.get_template(file).render(values)

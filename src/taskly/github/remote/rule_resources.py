"""What is required to merge into a branch, as the API shows it; see `resources`."""

from taskly.github.remote.resources import GitHubObject, Name
from taskly.github.rules.checks import RequiredCheck

ANY_APP = -1
"""What the protection of a branch says where every app may report a check."""


class _Needed(GitHubObject):
    context: Name = ""
    app_id: int | None = None
    integration_id: int | None = None

    def facts(self) -> RequiredCheck:
        app_id = self.integration_id if self.app_id is None else self.app_id
        return RequiredCheck(self.context, None if app_id == ANY_APP else app_id)


class _Parameters(GitHubObject):
    required_status_checks: list[_Needed] = []


class BranchRule(GitHubObject):
    """A rule of the rulesets that hold for a branch."""

    type: str = ""
    parameters: _Parameters | None = None

    def required(self) -> list[RequiredCheck]:
        """The checks that it requires."""
        if self.type != "required_status_checks" or self.parameters is None:
            return []
        return [each.facts() for each in self.parameters.required_status_checks]


class _StatusChecks(GitHubObject):
    enforcement_level: str = ""
    contexts: list[Name] = []
    checks: list[_Needed] = []


class _Protection(GitHubObject):
    enabled: bool = False
    required_status_checks: _StatusChecks | None = None


class BranchProtection(GitHubObject):
    """A branch with what its protection shows to everybody who may read it."""

    protected: bool = False
    protection: _Protection = _Protection()

    def required(self) -> list[RequiredCheck]:
        """The checks that it requires."""
        found = self.protection.required_status_checks
        if found is None or found.enforcement_level == "off":
            return []
        named = {each.context for each in found.checks}
        others = [RequiredCheck(context) for context in found.contexts if context not in named]
        return [*(each.facts() for each in found.checks), *others]

"""What all parts of the program share: the GitHub of now and the way to its webhooks."""

from dataclasses import dataclass, field
from pathlib import Path

from taskly.fake_github.delivering import Deliverer
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.github import GitHub, found_github
from taskly.fake_github.world.sign_in import OAuthApplication


@dataclass(frozen=True)
class Options:
    """How the program was started."""

    address: str
    client_id: str
    client_secret: str
    callback_urls: tuple[str, ...] = ()
    seed: int = 1
    record: Path | None = None
    """Where to write down what is asked of the API and answered."""


@dataclass
class Site:
    """One running fake. `github` is replaced as a whole by a reset."""

    options: Options
    deliverer: Deliverer
    github: GitHub = field(init=False)

    def __post_init__(self) -> None:
        self.github = self._new_github()

    @property
    def addresses(self) -> Addresses:
        """Where everything is to be found."""
        return self.github.addresses

    async def reset(self, seed: int | None = None) -> None:
        """Begin again with nobody and nothing, in real time."""
        await self.deliverer.forget()
        self.github = self._new_github(seed)

    def _new_github(self, seed: int | None = None) -> GitHub:
        options = self.options
        github = found_github(options.address, options.seed if seed is None else seed)
        github.sign_in.applications[options.client_id] = OAuthApplication(
            client_id=options.client_id,
            client_secret=options.client_secret,
            name="Taskly",
            callback_urls=list(options.callback_urls),
        )
        return github

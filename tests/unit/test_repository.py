"""The repository keeps its own promises: what it says about itself is so."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import AliasChoices

from taskly.platform.settings import Settings
from tools.lint import clean_words, no_secrets
from tools.lint.texts import read_texts

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def read_yaml(path: str) -> Any:
    return yaml.safe_load(read(path))


def variables() -> list[str]:
    """The variable of each setting, in the order of the class."""
    return [
        str(field.validation_alias.choices[0])
        if isinstance(field.validation_alias, AliasChoices)
        else f"TASKLY_{name.upper()}"
        for name, field in Settings.model_fields.items()
    ]


def test_no_file_names_a_registry_a_machine_or_a_secret() -> None:
    texts = read_texts(ROOT)
    assert [str(found) for found in clean_words.check(texts)] == []
    assert [str(found) for found in no_secrets.check(texts)] == []


class TestEnvironmentExample:
    def test_it_names_every_setting_in_the_order_of_the_class(self) -> None:
        named = re.findall(r"^#([A-Z_]+)=", read(".env.example"), re.MULTILINE)
        assert named == [*variables(), "POSTGRES_PASSWORD"]

    def test_each_setting_has_a_line_that_explains_it(self) -> None:
        lines = read(".env.example").splitlines()
        unexplained = [
            line
            for before, line in pairwise(lines)
            if re.match(r"#[A-Z_]+=", line) and not re.match(r"# .+\.$", before)
        ]
        assert unexplained == []

    def test_uncommenting_everything_changes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for variable in variables():
            monkeypatch.delenv(variable, raising=False)
        uncommented = tmp_path / "everything.env"
        uncommented.write_text(
            re.sub(r"^#([A-Z_]+=)", r"\1", read(".env.example"), flags=re.MULTILINE)
        )
        assert Settings(_env_file=uncommented) == Settings(_env_file=None)


class TestMakefile:
    def targets(self) -> list[str]:
        return [
            target
            for names in re.findall(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
            for target in names.split()
            if target != "moved"
        ]

    def test_help_is_what_make_alone_says_and_lists_every_target(self) -> None:
        told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
        listed = re.findall(r"^  make ([a-z-]+) +\S", told.stdout, re.MULTILINE)
        assert sorted(listed) == sorted(self.targets())
        assert told.stderr == ""

    def test_what_people_type_is_there(self) -> None:
        expected = {
            "up",
            "demo",
            "test",
            "check",
            "bench",
            "queries",
            "insights",
            "lock",
            "docs",
            "dist",
            "format",
            "clean",
        }
        assert set(self.targets()) == expected | {"help"}


class TestLocks:
    def pinned(self, lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]+\])?==(\S+)", read(lock), re.MULTILINE))

    def declared(self) -> Iterator[tuple[str, Requirement]]:
        project = tomllib.loads(read("pyproject.toml"))
        for requirement in project["project"]["dependencies"]:
            yield "requirements.lock", Requirement(requirement)
        for requirement in project["dependency-groups"]["dev"]:
            yield "requirements-dev.lock", Requirement(requirement)
        for requirement in project["build-system"]["requires"]:
            yield "requirements-build.lock", Requirement(requirement)

    def test_every_declared_dependency_is_pinned_to_a_version_that_fits(self) -> None:
        missing = [
            f"{lock}: {requirement}"
            for lock, requirement in self.declared()
            if not requirement.specifier.contains(
                self.pinned(lock).get(canonicalize_name(requirement.name), "0")
            )
        ]
        assert missing == []

    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_pin_has_hashes(self, lock: str) -> None:
        pins = re.findall(
            r"^\S+==[^\n]*\n(?: {4}--hash=sha256:[0-9a-f]{64}\b)?", read(lock), re.MULTILINE
        )
        assert len(pins) == len(self.pinned(lock))
        assert [pin for pin in pins if "--hash" not in pin] == []

    def test_one_environment_can_hold_all_of_them(self) -> None:
        everything = self.pinned("requirements-dev.lock")
        for lock in LOCKS:
            shared = {
                name: version for name, version in self.pinned(lock).items() if name in everything
            }
            assert shared == {name: everything[name] for name in shared}
        assert self.pinned("requirements.lock").items() <= everything.items()


class TestPackagesOfNpm:
    """Whoever installs decides where packages come from; each is known by its hash."""

    def test_every_one_has_a_hash_and_no_address(self) -> None:
        locked = json.loads(read("tests/node/package-lock.json"))["packages"]
        del locked[""]
        assert [name for name, package in locked.items() if "integrity" not in package] == []
        assert [name for name, package in locked.items() if "resolved" in package] == []

    def test_those_that_we_name_are_pinned_to_one_version(self) -> None:
        named = json.loads(read("tests/node/package.json"))["devDependencies"]
        locked = json.loads(read("tests/node/package-lock.json"))["packages"]
        assert named == {name: locked[f"node_modules/{name}"]["version"] for name in named}


class TestContinuousIntegration:
    def test_it_runs_what_people_run_and_may_only_read(self) -> None:
        workflow = read_yaml(".github/workflows/ci.yml")
        steps = workflow["jobs"]["test"]["steps"]
        assert steps[-1]["run"] == ".ci/run"
        assert read(".ci/run").splitlines()[-1] == "make test"
        assert workflow["permissions"] == {"contents": "read"}

    def test_actions_are_pinned_by_commit(self) -> None:
        for path in (ROOT / ".github/workflows").glob("*.yml"):
            used = re.findall(r"uses:\s*(\S+)", path.read_text())
            assert [name for name in used if not re.search(r"@[0-9a-f]{40}$", name)] == []

    def test_it_covers_the_pythons_that_the_package_promises(self) -> None:
        matrix = read_yaml(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]
        assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
        assert tomllib.loads(read("pyproject.toml"))["project"]["requires-python"] == ">=3.11"

    def test_commit_hooks_download_nothing(self) -> None:
        repositories = read_yaml(".pre-commit-config.yaml")["repos"]
        assert [repository["repo"] for repository in repositories] == ["local"]
        hooks = repositories[0]["hooks"]
        assert {hook["language"] for hook in hooks} == {"system"}
        assert [hook["entry"] for hook in hooks if not hook["entry"].startswith(".venv/")] == []


class TestDeployment:
    def test_every_kind_of_process_waits_for_the_migration(self) -> None:
        services = read_yaml("deploy/compose.yaml")["services"]
        assert set(services) == {"postgres", "redis", "migrate", "api", "worker", "scheduler"}
        for kind in ("api", "worker", "scheduler"):
            assert services[kind]["command"] == [kind]
            waits_for = services[kind]["depends_on"]
            assert waits_for["migrate"] == {"condition": "service_completed_successfully"}

    def test_taskly_s_containers_can_write_nothing_and_gain_no_rights(self) -> None:
        services = read_yaml("deploy/compose.yaml")["services"]
        for kind in ("migrate", "api", "worker", "scheduler"):
            assert services[kind]["read_only"] is True
            assert services[kind]["cap_drop"] == ["ALL"]
            assert services[kind]["security_opt"] == ["no-new-privileges:true"]

    def test_nothing_is_published_beyond_loopback(self) -> None:
        services = read_yaml("deploy/compose.yaml")["services"]
        published = {
            name: service["ports"] for name, service in services.items() if "ports" in service
        }
        assert published == {"api": ["127.0.0.1:8000:8000"]}

    def test_every_setting_of_the_env_file_reaches_the_containers(self) -> None:
        services = read_yaml("deploy/compose.yaml")["services"]
        for kind in ("migrate", "api", "worker", "scheduler"):
            assert (ROOT / "deploy" / services[kind]["env_file"]).resolve() == ROOT / ".env"
            environment = services[kind]["environment"]
            # What is said here wins over the file: either the containers decide it …
            decided = {name for name, value in environment.items() if "?" not in value}
            assert decided == {"REDIS_URL", "TASKLY_ENVIRONMENT", "TASKLY_HOST", "TASKLY_PORT"}
            # … or it is taken from the file, and has to be there.
            for name in set(environment) - decided - {"DATABASE_URL"}:
                assert environment[name].startswith(f"${{{name}:?")

    def test_variables_of_the_containers_are_settings(self) -> None:
        services = read_yaml("deploy/compose.yaml")["services"]
        assert set(services["api"]["environment"]) <= set(variables())
        set_in_image = re.findall(r"\b(TASKLY_[A-Z_]+)=", read("deploy/Dockerfile"))
        assert set(set_in_image) <= set(variables())

    def test_the_image_runs_as_nobody_and_asks_after_its_health(self) -> None:
        final = read("deploy/Dockerfile").rpartition("\nFROM ")[2]
        assert re.findall(r"^USER (\S+)$", final, re.MULTILINE) == ["10001:10001"]
        assert "/api/v1/health/live" in final
        assert "apt-get" not in final

    def test_only_what_the_image_is_made_of_goes_to_the_builder(self) -> None:
        ignored = read("deploy/Dockerfile.dockerignore").splitlines()
        sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
        build = read("deploy/Dockerfile").rpartition("\nFROM ")[0]
        copied = {
            name
            for names in re.findall(r"^COPY (.+) \S+$", build, re.MULTILINE)
            for name in names.split()
        }
        assert sent == copied


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_migrations_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.iterdir()
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in names} == {
        "taskly",
        wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }
    assert {"taskly/api/app.py", "taskly/migrations/script.py.mako"} - names == set()
    assert [name for name in names if "__pycache__" in name] == []

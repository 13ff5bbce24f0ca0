"""Settings as environment variables: what another process needs to know to belong to an instance."""

from collections.abc import Mapping

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from taskly.platform.settings import Settings


def variables_of(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Every setting that is set, wherever it was: the environment's word, or that of `.env` or an option.

    Another process has another folder and another shell, so it can fall back on neither.
    """
    found = {}
    for name, field in Settings.model_fields.items():
        variable = _variable(name, field)
        value = getattr(settings, name) if name in settings.model_fields_set else None
        if environment.get(variable):
            found[variable] = environment[variable]
        elif value is not None:
            found[variable] = _written(value)
    return found


def _variable(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"TASKLY_{name.upper()}"


def _written(value: object) -> str:
    """What the environment would have to say to give this value."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(value)
    return str(value)

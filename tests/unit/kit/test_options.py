"""The options of Taskly's programs."""

from taskly.kit.options import looking_parser


def test_the_help_tells_how_to_look_into_another_instance() -> None:
    told = looking_parser("doctor", "Examine.").format_help()

    assert told.startswith("usage: taskly doctor [-h]")
    assert "Examine." in told
    assert "taskly doctor --data-dir DIRECTORY" in " ".join(told.split())

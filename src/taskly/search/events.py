"""What the log of a workspace says of views: only of those that are shared, as long as they are."""

from taskly.platform.events.change import Change


class ViewChange(Change):
    """Something about a shared view."""

    entity = "view"


class ViewShared(ViewChange):
    """A view was made for all, or a private one was shared."""

    type = "view.shared"


class ViewUpdated(ViewChange):
    """Fields of a shared view changed."""

    type = "view.updated"


class ViewUnshared(ViewChange):
    """A shared view became private, or was deleted."""

    type = "view.unshared"

"""What a verb of the lifecycle says when it does not do what it was asked."""


class LifecycleError(Exception):
    """The version can not go there; says why, and who or what could help."""


class NotYours(LifecycleError):
    """Whoever asks may not do this, whatever the version's state."""


class StaleVersion(LifecycleError):
    """It is no longer what was looked at: somebody else saved, decided or put another version to work."""

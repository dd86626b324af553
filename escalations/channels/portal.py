"""The portal's own outbox page: the message is there to be read, nothing leaves the machine."""

from escalations.channels.base import Note, Outcome


class Portal:
    """Always delivers: the row itself is the message."""

    def send(self, note: Note) -> Outcome:
        """Nothing to do; the outbox page shows the row."""
        return Outcome(ok=True, detail="shown on the outbox page")

"""E-mail through Django's backend."""

import hashlib
import smtplib

from django.core.mail import EmailMessage

from escalations.channels.base import Note, Outcome


class Mail:
    """One message to one address; the Message-ID is made of the key, so that a repeat is the same mail."""

    def send(self, note: Note) -> Outcome:
        """Hand it to the mail server."""
        if not note.email:
            return Outcome(ok=False, detail=f"{note.name} has no e-mail address", final=True)
        digest = hashlib.sha256(note.key.encode()).hexdigest()[:32]
        mail = EmailMessage(
            subject=" ".join(note.subject.split()),
            body=note.body,
            to=[note.email],
            headers={"Message-ID": f"<{digest}@opsportal>"},
        )
        try:
            mail.send()
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            return Outcome(ok=False, detail=f"{type(fault).__name__}: {fault}"[:300])
        return Outcome(ok=True, detail="accepted by the mail server")

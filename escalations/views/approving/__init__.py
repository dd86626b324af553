"""The approvers' side: one version as it is judged, what is done to it, and the page of all that waits."""

"""What `make bench` runs: the portal beside a peer, on the same machine in the same minutes."""

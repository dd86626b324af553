"""What the Makefile and the integration machine call."""

"""3. A candidate is made: batches, losses, the fit loop, the judge; a process of its own."""

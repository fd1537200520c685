"""Other form libraries' pages of the same items; ``python -m bench.peers`` builds them, with Node."""

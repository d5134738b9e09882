"""1. A reply is made: the engine that streams, pins and swaps, and the session the page talks to."""

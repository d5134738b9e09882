"""2. An opinion is kept: the store, the examples made from it, import and export."""

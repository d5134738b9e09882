"""4. A version is kept: folders that exist only when they are whole."""

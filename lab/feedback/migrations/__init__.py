"""How the store's tables came to be, step by step (Alembic). The store's constructor runs what is missing."""

"""Recipes of vectors (`VectorSpec`) worked out on a network: numbers, ways between them, directions, pictures."""

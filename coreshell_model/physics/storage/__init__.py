"""Sodium at rest in a carbon: a kind of storage in each file, with its law and its section of a material."""

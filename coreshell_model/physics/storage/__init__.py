"""Sodium at rest in a carbon: a kind of storage a file, with its law and its section of a material's file."""

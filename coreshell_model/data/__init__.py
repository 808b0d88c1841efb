"""Measured data: cyclers' files into one table, half-cycles, replays, and Battery Data Format out."""

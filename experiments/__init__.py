"""The experiments at scale: ``python -m experiments NAME``; thin over :mod:`dlmath`."""

"""Judgements, plans, results and journals in; text for people and documents for programs out, on streams that are given."""

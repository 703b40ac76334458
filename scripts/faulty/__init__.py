"""Faulty input of every kind that was thought of, and what has to be said of it."""

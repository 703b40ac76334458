"""What the order of words is worth, from finished runs."""

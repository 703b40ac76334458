"""What somebody would put into files that others open: payloads, names of functions, configs; and who watches them."""

"""What `make faults` tries to break, a kind of fault a file; the tests run a short version of each."""

"""The yaml tree, installed as the package seqmodels.conf."""

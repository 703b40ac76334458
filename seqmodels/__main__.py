"""``python -m seqmodels`` is the ``seqmodels`` command."""

from seqmodels.run.cli import main

if __name__ == "__main__":
    main()

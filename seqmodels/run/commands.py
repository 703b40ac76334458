"""The command lines of ``seqmodels report`` and ``seqmodels rerun``."""

import argparse
from pathlib import Path


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``seqmodels report``."""
    said = "write a page about a sweep, a multirun or a folder of runs"
    parser = commands.add_parser("report", help=said, description=f"{said.capitalize()}, and the same rows as CSV.")
    parser.add_argument("run", metavar="DIR", help="a sweep, a multirun, or any folder that runs lie in")
    parser.add_argument(
        "--output", metavar="FILE.html", help="the page (default: DIR/report.html); the CSV is beside it"
    )
    parser.set_defaults(act=_report, several=[], trust=[])


def add_rerun(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", trust_help: str) -> None:
    """Add ``seqmodels rerun``."""
    said = "run a finished run again and compare weights and metrics"
    parser = commands.add_parser("rerun", help=said, description=f"{said.capitalize()}; exit code 1 if they differ.")
    parser.add_argument("run", metavar="RUN", help="the folder of a finished run")
    parser.add_argument("--output", metavar="FOLDER", help="the new run's folder (default: as for any new run)")
    parser.add_argument("--config-dir", metavar="DIR", help="the folder of your own that the run was given")
    parser.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=trust_help)
    parser.set_defaults(act=_rerun, several=[])


def _report(flags: argparse.Namespace) -> None:
    from seqmodels.pages.page import write_page

    page, rows = write_page(Path(flags.run), None if flags.output is None else Path(flags.output))
    print(f"{len(rows)} runs: {page} and {page.with_suffix('.csv')}")


def _rerun(flags: argparse.Namespace) -> int:
    from seqmodels.run.rerun import rerun, show_rerun

    return show_rerun(flags.run, rerun(flags.run, flags.output, flags.config_dir, flags.trust))

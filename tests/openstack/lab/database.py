"""Statements for MariaDB, dumps and restores."""

import subprocess
from pathlib import Path

from .errors import LabError
from .processes import run
from .settings import PASSWORD, RUN

SOCKET = RUN / "mysql/mysql.sock"
CLIENT = ("mariadb", f"--socket={SOCKET}", "--user=root")


def execute(statement: str, database: str = "mysql") -> str:
    """Run a statement as root; returns the rows, tabs between the columns."""
    return run(*CLIENT, "--skip-column-names", "--batch", database, "-e", statement).strip()


def count(table: str, where: str = "1") -> int:
    """How many rows there are."""
    return int(execute(f"SELECT COUNT(*) FROM {table} WHERE {where}"))


def create(names: list[str]) -> None:
    """Empty databases, and the user all services share."""
    statements = [f"CREATE DATABASE {name} CHARACTER SET utf8" for name in names]
    statements += [f"CREATE USER 'lab'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'", "GRANT ALL ON *.* TO 'lab'@'127.0.0.1'"]
    execute(";".join(statements))


def dump(name: str, file: Path) -> None:
    """Write a database to a file."""
    run("mariadb-dump", f"--socket={SOCKET}", "--user=root", "--single-transaction", f"--result-file={file}", name)


def restore(name: str, file: Path) -> None:
    """Fill an empty database from a file that dump() wrote."""
    with file.open("rb") as text:
        done = subprocess.run([*CLIENT, name], stdin=text, capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"mariadb did not take {file}: {done.stderr.decode(errors='replace')}")

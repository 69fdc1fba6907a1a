"""Logs as Terraform printed them in, the same as CI systems give them to download out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 23, 52, 49, 575384, UTC)
STEP = timedelta(seconds=1)


def at(line: int) -> datetime:
    """Give when the line of that number, from 0, was printed."""
    return START + line * STEP


def github(lines: list[str]) -> str:
    """Stamp each line with seven digits of the second, between the group marks of a step; a mark of byte order begins the file."""
    steps = ["##[group]Run terraform apply -auto-approve", "[36;1mterraform apply -auto-approve[0m", "shell: /usr/bin/bash -e {0}"]
    dressed = [f"{START:%Y-%m-%dT%H:%M:%S.%f}0Z {line}" for line in (*steps, "##[endgroup]")]
    dressed += [f"{at(n):%Y-%m-%dT%H:%M:%S.%f}0Z {line}" for n, line in enumerate(lines)]
    dressed.append(f"{at(len(lines)):%Y-%m-%dT%H:%M:%S.%f}0Z ##[error]Process completed with exit code 1.")
    return "\ufeff" + "\r\n".join(dressed) + "\r\n"


def gitlab(lines: list[str], *, longest: int = 8192) -> str:
    """Stamp each line as the runner does: a stream before each, sections between, pieces of what is too long for its buffer."""

    def stamp(n: int, plus: bool = False) -> str:
        return f"{at(n):%Y-%m-%dT%H:%M:%S.%f}Z 0aO{'+' if plus else ' '}"

    out = [f"{stamp(0)}section_start:{int(START.timestamp())}:step_script\r", f"{stamp(0, True)}\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m"]
    for n, line in enumerate(lines):
        pieces = [line[i : i + longest] for i in range(0, len(line), longest)] or [""]
        out += [stamp(n, i > 0) + piece for i, piece in enumerate(pieces)]
    end = len(lines)
    out += [f"{stamp(end)}section_end:{int(at(end).timestamp()) + 1}:step_script\r", f"{stamp(end, True)}\x1b[0K"]
    out.append(f"{stamp(end)}\x1b[31;1mERROR: Job failed: execution took longer than 1h0m0s seconds\x1b[0;m")
    return "\n".join(out) + "\n"


def gitlab_plain(lines: list[str]) -> str:
    """Leave lines unstamped, as runners before 18.7 do: only the sections tell times."""
    begin, end = int(START.timestamp()), int(at(len(lines)).timestamp()) + 1
    out = [
        f"section_start:{begin - 60}:prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1mPreparing\x1b[0;m\x1b[0;m",
        f"section_end:{begin}:prepare_executor\r\x1b[0Ksection_start:{begin}:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m",
        "\x1b[32;1m$ terraform apply -auto-approve\x1b[0;m",
        *lines,
        f"section_end:{end}:step_script\r\x1b[0Ksection_start:{end}:cleanup_file_variables\r\x1b[0K\x1b[36;1mCleaning up\x1b[0;m",
        "\x1b[31;1mERROR: Job failed: execution took longer than 1h0m0s seconds\x1b[0;m",
    ]
    return "\n".join(out) + "\n"

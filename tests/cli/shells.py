"""The real shells, asked what they offer when Tab is pressed: a script and a line in, words out."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.cli.making import HANGS

BASH = """\
source {script}
COMP_LINE={line} COMP_WORDS=({words}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
COMP_POINT=${{#COMP_LINE}}
_shtab_tfclean
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = "source {script}; complete --do-complete {line}"
# What zsh would offer is given to compadd, which is asked to keep it in an array instead.
ZSH = """\
zmodload zsh/zpty || exit 77
zpty shell zsh -f -i
tell() { zpty -w shell "$1" }
tell 'PROMPT= RPS1= TERM=dumb; unsetopt zle_bracketed_paste; stty -echo'
tell 'fpath=('${(q)FOLDER}' $fpath); autoload -U compinit; compinit -u -D'
tell 'bindkey "^I" complete-word; zstyle ":completion:*" list-grouped false; zstyle ":completion:*" menu no; LISTMAX=0'
tell 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
typeset -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> '${(q)FOLDER}'/hits }'
tell 'ended() { print -r -- "THE""END"; exit }; comppostfuncs=(ended)'
tell 'print -r -- "RE""ADY"'
zpty -r shell seen '*READY*'
zpty -w -n shell "$LINE"$'\\t'
zpty -r shell seen '*THEEND*'
"""


def offered(shell: str, script: str, line: str, folder: Path) -> set[str]:
    """Give the words that a shell offers.

    Args:
        shell: ``bash``, ``zsh`` or ``fish``.
        script: what is to tell it.
        line: what stands before the cursor.
        folder: where it runs; its files are what can be offered.
    """
    # The scripts lie beside the folder, so that none of them is among the files.
    place = folder.parent / f"{folder.name}-{shell}"
    place.mkdir(exist_ok=True)
    path = place / "_tfclean"
    path.write_text(script)
    if shell == "bash":
        words = [*shlex.split(line), *([""] if line.endswith(" ") else [])]
        text = BASH.format(script=path, line=shlex.quote(line), words=shlex.join(words))
        return set(_run(["bash", "--norc", "-c", text], folder, {}).split("\n")) - {""}
    if shell == "fish":
        text = FISH.format(script=path, line=shlex.quote(line))
        return {found.split("\t")[0] for found in _run(["fish", "--no-config", "-c", text], folder, {"HOME": str(place)}).splitlines()}
    hits = place / "hits"
    hits.write_text("")
    _run(["zsh", "-f", "-c", ZSH], folder, {"HOME": str(place), "FOLDER": str(place), "LINE": line})
    return set(hits.read_text().splitlines()) - {""}


def _run(command: list[str], folder: Path, env: Mapping[str, str]) -> str:
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env={**path, **env}, capture_output=True, text=True, timeout=HANGS, check=False)
    return done.stdout


def missing(shell: str) -> bool:
    """Tell whether a shell is not on this machine."""
    return shutil.which(shell) is None

"""Evidence of a recording -> the same evidence about other objects at another time.

Ids, addresses and MACs are replaced wherever they stand, also inside longer strings; every time moves by one offset. All of it in one pass,
so that nothing is replaced twice. Inside the protobuf of a plan only replacements of equal length are made.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from .catalogue import EXTRA_FILES, TRUTH_FILES

TIME = r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"


class Rewriter:
    """The substitution of one replay."""

    def __init__(self, ids: Mapping[str, str], addresses: Mapping[str, str], offset: timedelta) -> None:
        self.words = {old: new for old, new in {**ids, **addresses}.items() if old != new}
        self.offset = offset
        # An address must not match inside a longer one (10.0.0.1 in 10.0.0.12); an id may stand anywhere.
        parts = [re.escape(i) for i in sorted(ids, key=len, reverse=True) if i in self.words]
        parts += [rf"(?<![\d.]){re.escape(a)}(?!\.?\d)" for a in addresses if a in self.words]
        self.pattern = re.compile("|".join([TIME, *parts]))

    def text(self, value: str) -> str:
        """Rewrite a text."""
        return self.pattern.sub(lambda m: self._word(m.group()), value)

    def binary(self, value: bytes) -> bytes:
        """Rewrite bytes without changing any length."""

        def same_length(match: re.Match[str]) -> str:
            new = self._word(match.group())
            return new if len(new) == len(match.group()) else match.group()

        return self.pattern.sub(same_length, value.decode("latin-1")).encode("latin-1")

    def plan(self, value: bytes) -> bytes:
        """Rewrite a saved plan; an encrypted one stays as it is."""
        if not zipfile.is_zipfile(io.BytesIO(value)):
            return value
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(value)) as old, zipfile.ZipFile(out, "w") as new:
            for member in old.infolist():
                date = (datetime(*member.date_time) + self.offset).timetuple()
                info = zipfile.ZipInfo(member.filename, date[:6])
                info.compress_type = member.compress_type
                rewrite: Callable[[bytes], bytes] = self.binary if member.filename == "tfplan" else lambda b: self.text(b.decode()).encode()
                new.writestr(info, rewrite(old.read(member)))
        return out.getvalue()

    def file(self, source: Path, target: Path) -> None:
        """Rewrite one file of a scenario; an encrypted state stays as it is."""
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        if source.suffix == ".tfplan":
            target.write_bytes(self.plan(content))
        elif b'"encrypted_data"' in content[:4096]:
            shutil.copyfile(source, target)
        else:
            target.write_bytes(self.text(content.decode()).encode())

    def _word(self, word: str) -> str:
        if word in self.words:
            return self.words[word]
        separator = word[10]
        moved = datetime.fromisoformat(word) + self.offset
        return moved.isoformat(sep=separator, timespec="seconds")


def lay_out(rewriter: Rewriter, folder: Path, workdir: Path) -> dict[str, Path]:
    """Fill `workdir` with a scenario's evidence; what a job leaves elsewhere goes beside it and is returned by name."""
    beside = workdir.with_name(workdir.name + "-extra")
    extra: dict[str, Path] = {}
    for source in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = str(source.relative_to(folder))
        if name in EXTRA_FILES:
            extra[name] = beside / name
            rewriter.file(source, extra[name])
        elif name not in TRUTH_FILES:
            rewriter.file(source, workdir / name)
    return extra

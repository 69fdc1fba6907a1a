"""Stories are told to a cloud: calls in, comparable records of the answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conformance import normal
from tests.conformance.places import ME, Place

Record = dict[str, Any]
Story = Callable[["Teller"], None]


class Broken(Exception):
    """A story cannot go on: what it builds on was refused."""


@dataclass
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        body: decoded JSON, or None.
        headers: of HTTP.
    """

    status: int
    body: Any
    headers: Mapping[str, str]

    def row(self) -> dict[str, Any]:
        """Give the one object in it, out of its wrapper.

        Raises:
            Broken: there is none, for it was refused.
        """
        if self.status >= 300 or not isinstance(self.body, Mapping):
            raise Broken(str(self.status))
        inner = [value for value in self.body.values() if isinstance(value, Mapping)]
        return dict(inner[0] if len(self.body) == 1 and inner else self.body)


@dataclass
class Teller:
    """Tells one story to one cloud.

    Attributes:
        place: the cloud.
        records: what was answered so far.
    """

    place: Place
    records: list[Record] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    _revisions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names |= {id_: f"<{name}>" for name, id_ in self.place.known().items()}

    def __getitem__(self, name: str) -> str:
        """Give the id of what was there before: ``project``, ``user``, ``other project``, ``public``, ``cirros``, ``m1.tiny``."""
        return self.place.known()[name]

    def name(self, id_: str, name: str) -> str:
        """Call an id something in all that follows; give it back."""
        self._count[name] = self._count.get(name, 0) + 1
        self._names.setdefault(str(id_), f"<{name} {self._count[name]}>")
        return str(id_)

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = ME,
        micro: str = "",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        quiet: bool = False,
    ) -> Answer:
        """Make one call and record the answer.

        Args:
            service: its type.
            method: of HTTP.
            path: below the service's endpoint, with the query.
            body: JSON.
            who: somebody of the place.
            micro: microversion, if not the product's.
            headers: further ones.
            data: what is sent instead of JSON.
            quiet: do not record it.
        """
        more = {"json": body} if body is not None else {"data": data} if data is not None else {}
        reply = self.place.people[who].send(service, method, path, micro=micro, headers=headers or {}, **more)
        try:
            found = reply.json() if reply.content else None
        except ValueError:
            found = reply.text
        answer = Answer(reply.status_code, found, reply.headers)
        if not quiet:
            # What is made is named before the record is written, so that the record says its name.
            if method == "POST" and answer.status < 300 and isinstance(found, Mapping):
                self._name_made(found)
            self.records.append(self._record(service, method, path, who, answer, reply.text))
        return answer

    def _name_made(self, body: Mapping[str, Any]) -> None:
        inner = [(key, value) for key, value in body.items() if isinstance(value, Mapping)]
        key, row = inner[0] if len(body) == 1 and inner else ("image", body)
        if isinstance(row.get("id"), str) and row["id"] not in self._names:
            self.name(row["id"], key)

    def _record(self, service: str, method: str, path: str, who: str, answer: Answer, content: str) -> Record:
        where = urlsplit(path)
        by = "" if who == ME else f" by {who}"
        out: Record = {"call": f"{service} {method} {normal.text(path, self._names)}{by}", "status": answer.status}
        if answer.status >= 400:
            out["error"] = normal.error(service, answer.body)
            out["refusal"] = normal.refusal(service, method, where.path, answer.status, content, self._names)
            return out
        if isinstance(answer.body, Mapping):
            kind, rows, listed = normal.rows_in(service, where.path, answer.body)
            out["body"] = sorted(answer.body) if kind is None or listed or len(answer.body) == 1 else "bare"
            if kind is not None:
                read = [normal.read(kind, row, self._names, self._revisions) for row in rows]
                sort = any(name.startswith("sort") for name, _ in parse_qsl(where.query))
                out["rows"] = read if sort else sorted(read, key=lambda row: (str(row.get("name")), str(row)))
        return out

    # -- short forms ----------------------------------------------------------------------------------------------------

    def make(self, service: str, path: str, key: str, *, who: str = ME, **fields: Any) -> dict[str, Any]:
        """Make an object and give it as the service shows it.

        Raises:
            Broken: it was refused.
        """
        answer = self.ask(service, "POST", path, {key: fields}, who=who)
        if answer.status >= 300:
            raise Broken(f"POST {path}: {answer.status} {answer.body}")
        return answer.row()

    def wait(self, service: str, path: str, name: str, *values: str) -> dict[str, Any]:
        """Look until a field of an object has one of these values; only the last look is recorded.

        Raises:
            Broken: it does not get there.
        """
        for _ in range(self.place.polls):
            answer = self.ask(service, "GET", path, quiet=True)
            if answer.status >= 300 or answer.row().get(name) in values:
                break
            self.place.rest()
        row = self.ask(service, "GET", path).row()
        if row.get(name) not in values:
            raise Broken(f"{path}: {name} is {row.get(name)}, not {' or '.join(values)}")
        return row

    def wait_gone(self, service: str, path: str) -> None:
        """Look until an object is not there; only the last look is recorded."""
        for _ in range(self.place.polls):
            if self.ask(service, "GET", path, quiet=True).status == 404:
                break
            self.place.rest()
        self.ask(service, "GET", path)

    def wait_list(self, service: str, path: str, done: Callable[[list[Any]], bool]) -> list[Any]:
        """Look until a list is as wanted; only the last look is recorded."""

        def rows(answer: Answer) -> list[Any]:
            return next(v for v in answer.body.values() if isinstance(v, list))

        for _ in range(self.place.polls):
            if done(rows(self.ask(service, "GET", path, quiet=True))):
                break
            self.place.rest()
        return rows(self.ask(service, "GET", path))


def told(story: Story, place: Place) -> list[Record]:
    """Tell a story to a cloud; where it breaks off, the last record says so."""
    teller = Teller(place)
    try:
        story(teller)
    except Broken as why:
        teller.records.append({"call": "breaks off", "why": normal.text(str(why), {})})
    return teller.records

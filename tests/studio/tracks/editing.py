"""People who edit a track over the API, as a page of theirs would: with what the page last showed."""

import uuid
from typing import Any

from django.http import HttpResponse

from studio.tracks.models import Track
from tests.studio.conftest import ApiClient

Values = dict[str, Any]
CUE_FIELDS = ("seconds", "end_seconds", "kind", "label", "colour", "hotkey", "anchor", "beat", "end_beat")


def cue_op(op: str, pk: str | None = None, before: Values | None = None, **after: Any) -> Values:
    return {"thing": "cue", "op": op, "id": pk or str(uuid.uuid4()), "before": before or {}, "after": after}


def marker_op(op: str, pk: str | None = None, before: Values | None = None, **after: Any) -> Values:
    return cue_op(op, pk, before, **after) | {"thing": "marker"}


class Hand:
    """One person on one track. `saw` is what the page shows; it is as of the last `look`."""

    def __init__(self, client: ApiClient, track: Track) -> None:
        self.client, self.path = client, f"/tracks/{track.pk}"
        self.track_id = str(track.pk)
        self.saw: dict[str, Values] = {}

    def send(self, *ops: Values, title: str = "Edit", key: str | None = None, **more: Any) -> HttpResponse:
        order = {"key": key or str(uuid.uuid4()), "title": title, "ops": list(ops), **more}
        return self.client.call("POST", f"{self.path}/edits", order)

    def edit(self, *ops: Values, **more: Any) -> Values:
        answer = self.send(*ops, **more)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def add(self, seconds: float, **values: Any) -> str:
        """A new cue; everybody who looks later sees it."""
        op = cue_op("add", seconds=seconds, **values)
        self.edit(op, title="Add cue")
        self.look()
        return op["id"]

    def look(self) -> None:
        self.saw = {cue["id"]: cue for cue in self.client.call("GET", f"{self.path}/cues").json()["items"]}

    def change(self, pk: str, **values: Any) -> Values:
        return self.edit(cue_op("change", pk, {name: self.saw[pk][name] for name in values}, **values))

    def remove(self, pk: str) -> Values:
        return self.edit(cue_op("remove", pk, {name: self.saw[pk][name] for name in CUE_FIELDS}))

    def step(self, edit: Values, direction: str) -> HttpResponse:
        return self.client.call("POST", f"{self.path}/edits/{edit['edit']['id']}/{direction}")

    def undo(self, edit: Values) -> Values:
        answer = self.step(edit, "undo")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def redo(self, edit: Values) -> Values:
        answer = self.step(edit, "redo")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def cues(self) -> dict[str, Values]:
        """As they stand now, by id."""
        self.look()
        return self.saw

    def grid(self) -> Values:
        return self.client.call("GET", f"{self.path}/grid").json()

    def change_grid(self, **after: bool) -> HttpResponse:
        before = {name: not value for name, value in after.items()}
        return self.send({"thing": "grid", "op": "change", "id": self.track_id, "before": before, "after": after})

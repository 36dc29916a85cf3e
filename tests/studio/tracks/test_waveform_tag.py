"""`{% waveform track %}` puts a track into any page."""

import json
import re

import pytest
from django.template import Context, Template

from studio.tracks.templatetags import waveform
from tests.studio.features import make_track

pytestmark = pytest.mark.django_db


def drawn(text: str, **context) -> str:
    return Template("{% load waveform %}" + text).render(Context(context))


def test_the_tag_hands_the_tracks_numbers_to_the_bundle(project):
    track = make_track(project, name="</script><b>Low & Tide")
    page = drawn("{% waveform track height=180 lanes='onset' start=1.5 %}", track=track)
    pattern = (
        r'<div class="waveform-embed" data-waveform ([^>]*)>\s*'
        r'<script type="application/json">(.*?)</script></div>'
    )
    place = re.search(pattern, page, re.DOTALL)
    assert place.group(1) == 'data-height="180" data-lanes="onset" data-start="1.5"'
    told = json.loads(place.group(2))
    assert told["name"] == track.name
    assert told["files"]["peaks"].startswith(f"/api/v1/tracks/{track.id}/files/peaks?v=")


def test_two_waveforms_bring_one_bundle(project, monkeypatch):
    monkeypatch.setattr(waveform, "render_bundle", lambda context, name: f'<script src="{name}.js"></script>')
    track = make_track(project)
    page = drawn("{% waveform track %}{% waveform track %}", track=track)
    assert page.count("data-waveform") == 2
    assert page.count('src="waveform.js"') == 1

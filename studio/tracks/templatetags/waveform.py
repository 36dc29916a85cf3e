"""`{% waveform track %}`: our analysis in any page, drawn by the waveform bundle.

    {% load waveform %}
    {% waveform track %}
    {% waveform track height=180 lanes="loudness,onset" start=61.3 %}

Whoever renders the template has decided that this person may see the track; its files are asked for with their session.
"""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from webpack_loader.templatetags.webpack_loader import render_bundle

from studio.tracks.models import Track
from studio.tracks.present import track_out

register = template.Library()
BUNDLE = "waveform"
MADE = "waveform_bundle_is_there"


@register.simple_tag(takes_context=True)
def waveform(context: Context, track: Track, *, height: int = 240, lanes: str = "", start: float = 0.0) -> SafeString:
    """A place with the track's numbers in it; the first on a page brings the bundle. `start` in seconds."""
    place = format_html(
        '<div class="waveform-embed" data-waveform data-height="{}"{} data-start="{}">{}</div>',
        height,
        format_html(' data-lanes="{}"', lanes) if lanes else "",
        start,
        json_script(track_out(track)),
    )
    return place + _bundle(context)


def _bundle(context: Context) -> SafeString:
    if context.render_context.get(MADE):
        return SafeString("")
    context.render_context[MADE] = True
    found: Any = render_bundle(context, BUNDLE)
    return SafeString(found)

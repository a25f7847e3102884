"""What a page may hold: nothing inline that the content policy forbids, nothing from another host, no missing file."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template
from tests.architecture.source import PACKAGE, ROOT, expect_none

TEMPLATES = sorted(file for file in PACKAGE.rglob("*.html") if "templates" in file.parts)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)[^>]*>", re.I),
    "an inline handler": re.compile(r"<[^>]+\son[a-z]+\s*=", re.I),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[^>]+\sstyle\s*=", re.I),
    "htmx's own inline code": re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*.js:", re.I),
    "a part from another host": re.compile(r"<(script|link|img|iframe)[^>]+(src|href)\s*=\s*.(https?:)?//", re.I),
}


def test_no_template_breaks_the_content_policy():
    found = []
    for file in TEMPLATES:
        text = COMMENT.sub("", file.read_text(encoding="utf-8"))
        found += [f"{file.relative_to(ROOT)} holds {what}" for what, shape in FORBIDDEN.items() if shape.search(text)]
    expect_none(found)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_compiles(file):
    get_template(file.relative_to(next(p for p in file.parents if p.name == "templates")).as_posix())


def test_every_static_file_a_page_or_a_style_sheet_names_is_there(tmp_path, settings):
    """Building the hashed names of static files fails on a reference that leads nowhere."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = (tmp_path / "staticfiles.json").read_text(encoding="utf-8")
    named = {
        name
        for file in TEMPLATES
        for name in re.findall(r"""\{% static ["']([^"']+)["'] %\}""", file.read_text(encoding="utf-8"))
    }
    assert {name for name in named if f'"{name}"' not in hashed} == set()


def test_scripts_come_from_here_only():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert policy["script-src"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]

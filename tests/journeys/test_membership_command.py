"""The commands of membership: what they write is noted, and bad input is refused by name."""

from __future__ import annotations

import pytest
from tests import cast

from kewei.config.cli import main
from kewei.journal.models import Fact
from kewei.membership.tests import joining


@pytest.mark.django_db
def test_a_letter_written_by_the_command_is_noted_and_a_month_must_be_one(time_machine, tmp_path, capsys):
    time_machine.move_to(joining.NOW, tick=False)
    member = joining.member(cast.assemble())
    file = tmp_path / "letter.pdf"
    assert main(["membership", "usage", member.terminal.code, "--pdf", str(file), "--as", "li"]) == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert Fact.objects.filter(name="journal.exported", subject="membership.usage").count() == 1
    assert main(["membership", "earn", member.programme.code, "2026-13", "--as", "qian"]) == 1
    assert "2026-13" in capsys.readouterr().err

"""A company in a folder of its own, in which commands run as processes that can be measured and killed."""

from __future__ import annotations

import os
import subprocess

import pytest
from tests.hostile.company import kewei


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A company in a folder of its own, on SQLite whatever the tests run on."""
    home = tmp_path_factory.mktemp("company")
    environment = {**os.environ, "KEWEI_HOME": str(home), "KEWEI_LANGUAGE": "zh-hans"}
    for name in ("KEWEI_DATABASE_URL", "KEWEI_TEST_DATABASE_URL"):
        environment.pop(name, None)
    init = ["init", "--user", "boss", "--name", "老板", "--company", "测试", "--password-stdin"]
    subprocess.run(kewei(*init), env=environment, input=b"a-long-password-9\n", check=True, capture_output=True)
    return environment

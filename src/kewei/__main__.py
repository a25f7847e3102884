"""`python -m kewei` is the command `kewei`."""

import sys

from kewei.config.cli import main

sys.exit(main())

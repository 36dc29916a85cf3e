#!/usr/bin/env bash
# What the tests drive and pip cannot install: a browser, PostgreSQL, Redis.
# As root on a Debian machine they are installed; elsewhere a sentence says what will be skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
have() { command -v "$1" >/dev/null 2>&1; }
has_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_browser() { have chromium || have chromium-browser || have google-chrome || .venv/bin/python - <<'P'
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as tool:
    sys.exit(not Path(tool.chromium.executable_path).exists())
P
}
wanted=()
has_browser || wanted+=(chromium)
has_postgres || wanted+=(postgresql)
have redis-server || wanted+=(redis-server)
have systemd-analyze || wanted+=(systemd)
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && have apt-get; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" fonts-inter fonts-dejavu-core >/dev/null
  exit 0
fi
case " ${wanted[*]} " in *" chromium "*) .venv/bin/python -m playwright install chromium || echo "There is no Chromium here; the browser tests will be skipped." ;; esac
case " ${wanted[*]} " in *" postgresql "*) echo "There is no PostgreSQL here; tests that need it will be skipped." ;; esac
case " ${wanted[*]} " in *" systemd "*) echo "There is no systemd-analyze here; the test of the camera's unit will be skipped." ;; esac
case " ${wanted[*]} " in *" redis-server "*) echo "There is no Redis here; tests that need it will be skipped." ;; esac

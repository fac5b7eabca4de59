#!/usr/bin/env bash
# Chromium and its driver, for the tests that read the site: there, installed, or asked for by name.
set -euo pipefail

found() { command -v "$1" >/dev/null 2>&1; }
have_browser() { found chromium || found google-chrome; }
have_driver() { found chromedriver || [ -x "${CHROMEWEBDRIVER:-}/chromedriver" ]; }

if have_browser && have_driver; then exit 0; fi
if [ "$(id -u)" = 0 ] && found apt-get; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver
  exit 0
fi
echo "The tests read the site in Chromium, which is not here. Install it, on Debian:" >&2
echo "  sudo apt-get install chromium chromium-driver" >&2
exit 1

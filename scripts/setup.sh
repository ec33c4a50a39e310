# Sourced by the scripts that people and CI run: goes to the root of the checkout and installs what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${VISAGED_VENV:-.venv}

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

# need PACKAGE=COMMAND...: every COMMAND must be there. As root the Debian packages of the missing ones are installed;
# anybody else is told which they are.
need() {
    local missing=()
    for pair in "$@"; do
        command -v "${pair#*=}" >/dev/null 2>&1 || [ -e "/usr/sbin/${pair#*=}" ] || missing+=("${pair%%=*}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing ${missing[*]}"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
    else
        echo "These packages are missing: ${missing[*]}. Install them (as root: apt-get install ${missing[*]}) and run this again." >&2
        exit 1
    fi
}

# have PACKAGE=COMMAND: as need, but says by its status whether the command is there in the end.
have() { (need "$@") >/dev/null 2>&1; }

# install EXTRAS: a virtual environment with visaged, built from this checkout.
install() {
    local python=${PYTHON:-python3}
    need "python3=$python" "g++=c++"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
        echo "visaged needs Python 3.10 or newer, but $python is $("$python" --version); set PYTHON to a newer one." >&2
        exit 1
    }
    if [ ! -x "$venv/bin/pip" ]; then
        say "making $venv"
        "$python" -m venv "$venv" 2>/dev/null || { need python3-venv=python3-venv-is-missing && "$python" -m venv "$venv"; }
    fi
    say "building and installing visaged[$1]"
    "$venv/bin/pip" install --quiet --disable-pip-version-check ".[$1]"
}

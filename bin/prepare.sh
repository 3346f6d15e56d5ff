# Sourced by bin/dev, bin/test and their like: forgets what other programs' settings in this shell would change,
# finds or installs uv, and makes the environment from the lock file. Plain POSIX sh, so that it runs on a bare
# Debian and on macOS alike.
# shellcheck shell=sh

# What a person's shell or another project has set must not decide how ours runs.
set +C +e +f
unset IFS CDPATH ENV BASH_ENV GREP_OPTIONS POSIXLY_CORRECT VIRTUAL_ENV MYPYPATH

root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$root" || exit 1
tools=$root/var/tools
python=$root/.venv/bin/python

# How the internet is reached stays as it is set; which Python runs, what is installed and where is ours to say.
forget_foreign_settings() {
    for name in $(env | LC_ALL=C sed -n 's/^\([A-Z][A-Z0-9_]*\)=.*/\1/p'); do
        case $name in
        UV_* | PIP_*) tells_the_way "$name" || unset "$name" ;;
        PYTHON* | DJANGO_* | GRANIAN_*) unset "$name" ;;
        esac
    done
    # Nor do the developer's doors read the settings of an installation that is served from this machine.
    export PIP_USER=0 PYTHONUTF8=1 UV_PROJECT_ENVIRONMENT="$root/.venv" STAMPWELL_SETTINGS=
    [ -w "${HOME-}" ] && return
    # uv keeps its files there, and the user of a service often has none.
    export UV_CACHE_DIR="${UV_CACHE_DIR:-$tools/cache}" UV_PYTHON_INSTALL_DIR="${UV_PYTHON_INSTALL_DIR:-$tools/python}"
}

tells_the_way() {
    case $1 in
    *INDEX* | *CERT* | *TLS* | *PROXY* | *HOST | *TIMEOUT | *MIRROR | *CACHE* | *OFFLINE | *FIND_LINKS | *CONFIG_FILE) ;;
    UV_HTTP* | UV_KEYRING* | UV_LINK_MODE | UV_CONCURRENT* | UV_PYTHON_INSTALL_DIR) ;;
    *) return 1 ;;
    esac
}

forget_foreign_settings

say() { printf '%s\n' "$*" >&2; }

give_up() {
    say "$*"
    exit 1
}

# A name on the PATH proves nothing: a version manager's stand-in may be there and fail. Only an answer counts.
first_that_answers() {
    name=$1
    question=$2
    shift 2
    set -f # a folder on the PATH may be named like a pattern
    IFS=:
    for folder in $PATH; do
        set -- "$@" "$folder/$name"
    done
    set +f
    unset IFS
    for candidate in "$@"; do
        if [ -x "$candidate" ] && "$candidate" $question >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

find_uv() {
    first_that_answers uv --version "$tools/bin/uv" "${HOME:-/root}/.local/bin/uv" /opt/homebrew/bin/uv
}

# As root, or where sudo asks no password, system packages may be installed; elsewhere we only say which.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 && return 0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

uv_in_a_venv() {
    rm -rf "$tools" && mkdir -p "$tools" && "$1" -m venv "$tools" >/dev/null 2>&1 &&
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv >&2
}

uv_in_a_folder() {
    rm -rf "$tools" && mkdir -p "$tools" &&
        "$1" -m pip install --quiet --disable-pip-version-check --target "$tools" uv >&2
}

uv_by_its_installer() {
    command -v curl >/dev/null 2>&1 || return 1
    rm -rf "$tools" && mkdir -p "$tools/bin"
    curl -LsSf https://astral.sh/uv/install.sh |
        env UV_INSTALL_DIR="$tools/bin" UV_NO_MODIFY_PATH=1 sh >&2
}

install_uv() {
    say "Installing uv into $tools"
    mkdir -p "$tools" 2>/dev/null || give_up "$root/var cannot be written. Make it writable for this user."
    helper=$(first_that_answers python3 --version /usr/bin/python3) || helper=
    if [ -n "$helper" ]; then
        uv_in_a_venv "$helper" && return 0
        uv_in_a_folder "$helper" && return 0
        apt_install python3-venv && uv_in_a_venv "$helper" && return 0
    elif apt_install python3-venv; then
        uv_in_a_venv /usr/bin/python3 && return 0
    fi
    uv_by_its_installer
}

# The uv that was found may be too old for our lock file.
sync_with_new_uv() {
    [ "$uv" != "$tools/bin/uv" ] && install_uv && "$tools/bin/uv" sync --frozen --compile-bytecode --quiet
}

make_environment() {
    # The same three files, the same environment: then there is nothing to do, not even to look for uv.
    # Compiled now, or each process of each start would compile 1,400 modules for itself.
    wanted="$(cat uv.lock pyproject.toml .python-version | cksum) compiled"
    if [ -x "$python" ] && [ "$(cat .venv/made-from 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    uv=$(find_uv) || { install_uv && uv=$(find_uv); } ||
        give_up "uv could not be installed. Install it (https://docs.astral.sh/uv/) and run this again."
    say "Making the environment from uv.lock"
    "$uv" sync --frozen --compile-bytecode --quiet || sync_with_new_uv ||
        give_up "The environment could not be made; uv's message is above."
    printf '%s\n' "$wanted" >.venv/made-from
}

# What ./run and ./test share: system packages, virtual environments, a private screen. Sourced; needs $root.
#
# Setting up is done once: a stamp inside the environment holds the hash of what it was made from, so that
# later starts call neither pip nor dpkg, and work offline.

say() { printf 'mien: %s\n' "$*" >&2; }

stamp_key() {
    # The folder counts as well: an environment moved elsewhere would import from where it was.
    { printf '%s\n' "$root"; cat "$root/pyproject.toml" "$root"/packaging/*-packages.txt; } | sha256sum
}

# ensure_environment VENV ROLE PIP-ARGUMENTS...
ensure_environment() {
    local venv="$root/$1" role=$2 key
    shift 2
    key=$(stamp_key)
    if is_current "$venv" "$role" "$key"; then return; fi
    ensure_system_packages || return
    mkdir -p "$venv"
    # Two first starts at once would install into each other.
    exec 9>"$venv/.mien-lock"
    if command -v flock >/dev/null; then flock 9; fi
    if ! is_current "$venv" "$role" "$key"; then
        make_environment "$venv" "$@" || return
        printf '%s\n' "$key" >"$venv/.mien-$role"
        # The developers' environment holds everything that the application's and the benchmarks' hold.
        if [[ $role == dev ]]; then
            cp "$venv/.mien-dev" "$venv/.mien-bench"
            cp "$venv/.mien-dev" "$venv/.mien-farm"
        fi
        case $role in dev | bench | cuda) cp "$venv/.mien-$role" "$venv/.mien-app" ;; esac
    fi
    exec 9>&-
}

is_current() { [[ -x $1/bin/python && -f $1/.mien-$2 && $(<"$1/.mien-$2") == "$3" ]]; }

make_environment() {
    local venv=$1 python
    shift
    if [[ ! -x $venv/bin/python ]]; then
        if ! python=$(find_python); then
            say "Python 3.11 or newer with its venv module is needed; PYTHON=/path/to/python3 names one"
            return 2
        fi
        say "making $venv (once; a minute or more, as fast as the line)"
        "$python" -m venv "$venv" || return
    fi
    say "installing what Mien needs into $venv"
    # pip 25.1 is the first that knows dependency groups.
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --upgrade "pip>=25.1" >&2 || return
    (cd "$root" && "$venv/bin/python" -m pip install -qq --disable-pip-version-check "$@" >&2)
}

OLDEST_NVIDIA_DRIVER=580 # the first of CUDA 13

# The application's environment; where there is an NVIDIA driver, with what the NVIDIA path needs.
# MIEN_NO_CUDA=1 leaves that out, MIEN_CUDA=1 tries again after it could not be installed.
ensure_application() {
    local refused="$root/.venv/.mien-without-cuda" key driver
    key=$(stamp_key)
    driver=$(nvidia_driver)
    if [[ -n $driver && -z ${MIEN_NO_CUDA:-} ]] && ! is_current "$root/.venv" cuda "$key"; then
        if [[ $driver != unknown && ${driver%%.*} -lt $OLDEST_NVIDIA_DRIVER ]]; then
            if ! is_current "$root/.venv" app "$key"; then
                say "NVIDIA's driver $driver is too old for the NVIDIA path ($OLDEST_NVIDIA_DRIVER or newer): the CPU does it"
            fi
        elif [[ -n ${MIEN_CUDA:-} || ! -f $refused || $(<"$refused") != "$key" ]]; then
            say "an NVIDIA driver is here: CUDA for Python and TensorRT come along (a large download; MIEN_NO_CUDA=1: without)"
            if ensure_environment .venv cuda --editable '.[cuda,speech]'; then return; fi
            say "they could not be installed: going on without them, on the CPU; MIEN_CUDA=1 ./run tries again"
            if [[ -d $root/.venv ]]; then printf '%s\n' "$key" >"$refused"; fi
        fi
    fi
    ensure_environment .venv app --editable '.[speech]'
}

# The version of NVIDIA's driver, "unknown" if there is one that does not say, nothing without one.
nvidia_driver() {
    local version proc=${MIEN_PROC:-/proc}
    version=$(grep -om1 ' [0-9]\{3,\}\.[0-9.]* ' "$proc/driver/nvidia/version" 2>/dev/null | tr -d ' ') ||
        version=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1) || true
    if [[ $version =~ ^[0-9]+\. ]]; then
        printf '%s\n' "$version"
    elif ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; then
        printf 'unknown\n'
    fi
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# ensure_system_packages [ROLE]
ensure_system_packages() {
    local role=${1-}
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian or Ubuntu: if something is missing, look for the like of these packages:"
        say "$(wanted_packages "$role" | sed 's/ |.*//' | tr '\n' ' ')"
        return
    fi
    local missing
    missing=$(missing_packages "$role")
    if [[ -z $missing ]]; then return; fi
    read -ra missing <<<"$missing"
    if [[ $(id -u) == 0 ]]; then
        apt_install "${missing[@]}"
    elif sudo -n true 2>/dev/null; then
        apt_install "${missing[@]}"
    elif [[ -n ${MIEN_SKIP_SYSTEM_PACKAGES:-} ]]; then
        say "going on without these system packages: ${missing[*]}"
    else
        say "these system packages are missing: ${missing[*]}"
        say "install them and start again (MIEN_SKIP_SYSTEM_PACKAGES=1 goes on without):"
        say "    sudo apt-get install --no-install-recommends ${missing[*]}"
        return 2
    fi
}

wanted_packages() {
    local lists=("$root/packaging/system-packages.txt")
    if [[ ${1-} == dev ]]; then lists+=("$root/packaging/test-packages.txt"); fi
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "${lists[@]}"
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# missing_packages [ROLE]: one line with, of each package or set of alternatives that is not installed, the name to install.
missing_packages() {
    local line name names first
    # Debian's Python comes without venv; one from elsewhere needs nothing of Debian's.
    if ! find_python >/dev/null; then printf 'python3 python3-venv '; fi
    while IFS= read -r line; do
        IFS='| ' read -ra names <<<"$line"
        first=
        for name in "${names[@]}"; do
            [[ -z $name ]] && continue
            if is_installed "$name"; then continue 2; fi
            if [[ -z $first ]] && apt-cache show "$name" >/dev/null 2>&1; then first=$name; fi
        done
        # Before the first `apt-get update` apt knows no package at all: ask for the oldest name then.
        printf '%s ' "${first:-${names[0]}}"
    done < <(wanted_packages "${1-}")
}

apt_install() {
    # RUNLEVEL=1: a server that the tests start for themselves is not started by its installation.
    local apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq --yes --no-install-recommends)
    if [[ $(id -u) != 0 ]]; then apt=(sudo -n "${apt[@]}"); fi
    say "installing system packages: $*"
    # The lists of packages may be old, or not there at all.
    if "${apt[@]}" install "$@" >/dev/null 2>&1; then return; fi
    "${apt[@]}" update >&2
    "${apt[@]}" install "$@" >&2
}

# Start a private Xvfb and point this shell at it. It ends by itself once the process with this shell's id has ended,
# which after `exec` is the application: no trap to miss, and signals go straight to the application.
start_private_screen() {
    if ! command -v Xvfb >/dev/null; then
        say "there is no screen, and no Xvfb to stand in for one. On Debian and Ubuntu: apt-get install xvfb"
        return 2
    fi
    local folder number
    folder=$(mktemp -d)
    mkfifo "$folder/number"
    # Its own session: Ctrl-C is for the application, which must not lose its screen before it has closed.
    setsid bash -c '
        Xvfb -displayfd 3 -screen 0 1280x800x24 -ac -nolisten tcp +extension GLX +render -noreset \
            3>"$1/number" >"$1/log" 2>&1 &
        server=$!
        while kill -0 "$2" && kill -0 "$server"; do sleep 0.3; done
        kill "$server"
        rm -rf "$1"
    ' private-screen "$folder" "$$" </dev/null >/dev/null 2>&1 &
    if ! read -r -t 20 number <"$folder/number"; then
        say "the private screen does not start: $(tail -n 1 "$folder/log" 2>/dev/null)"
        return 2
    fi
    unset WAYLAND_DISPLAY
    export DISPLAY=":$number" QT_QPA_PLATFORM=xcb
}

#!/usr/bin/env bash
# The one script: sets up if needed, then hands over to scripts/run.py. See --help.
set -euo pipefail
unset CDPATH PYTHONSAFEPATH PYTHONOPTIMIZE PYTEST_ADDOPTS
export GKN_CALLED_FROM=$PWD PYTHONUTF8=1
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

stop() {
  echo "run_all.sh: $1" >&2
  exit 1
}

# A Python that is supported; else one that is newer, with a warning.
find_python() {
  local candidate status found newer=
  for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    status=0
    "$candidate" -c 'import sys; v = sys.version_info[:2]; sys.exit(1 if v < (3, 11) else 3 * (v > (3, 14)))' 2> /dev/null || status=$?
    [ "$status" = 0 ] && echo "$candidate" && return
    [ "$status" = 3 ] && newer=${newer:-$candidate}
  done
  found=$("${PYTHON:-python3}" --version 2>&1) || found=none
  [ "$newer" ] || stop "Python 3.11 or newer is needed, found $found; install it, or set PYTHON=/path/to/python"
  echo "run_all.sh: $("$newer" --version) is newer than what this was tested with, 3.11 to 3.14; trying it" >&2
  echo "$newer"
}

ready() { # and its Python is still there, and the same
  [ "$(cat .venv/ready 2> /dev/null)" = "$stamp" ] && .venv/bin/python -I -c 'import pip' 2> /dev/null
}

need_space() {
  [ "$(df -Pk . | awk 'END { print $4 }')" -gt "${1}000000" ] || stop "less than $1 GB free in $PWD; make room and run again"
}

pip_install() { # into .venv, whatever the user's environment says
  env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT PIP_USER=0 .venv/bin/python -I -m pip install --quiet --disable-pip-version-check "$@"
}

# Without an NVIDIA GPU: PyTorch's build without CUDA, a third of the size, from PyTorch's own index if that answers.
install_cpu_torch() {
  [ "$(uname)" = Linux ] || return 0 # no CUDA elsewhere
  { [ ! -e /proc/driver/nvidia ] && ! nvidia-smi; } > /dev/null 2>&1 || return 1
  pip_install --no-deps --timeout 10 --retries 0 --index-url https://download.pytorch.org/whl/cpu \
    "$(grep '^torch==' requirements.lock)" 2> /dev/null && return
  echo "PyTorch's build without CUDA cannot be had here; its larger one is taken"
  return 1
}

make_venv() {
  "$base" -I -c 'import venv, ensurepip' 2> /dev/null ||
    stop "$base has no venv module; install it (on Debian and Ubuntu: apt install python3-venv) and run again"
  need_space 3
  echo "setting up .venv (once, a few minutes)"
  "$base" -I -m venv --clear .venv || stop "$base could not make .venv (see above)"
  install_cpu_torch || need_space 7
  pip_install -r requirements.lock && pip_install --no-deps --no-build-isolation -e . ||
    stop "the packages of requirements.lock could not be installed (see above); run again when that is mended"
  echo "$stamp" > .venv/ready
}

for argument; do
  case "$argument" in -h | --help) base=$(find_python); exec "$base" scripts/run.py --help ;; esac
done

{ : > .setup.lock; } 2> /dev/null || stop "cannot write to $PWD; free some space or clone to a disk you can write to"
python=python3 # of conda, Binder or an active venv, if it has the project; else .venv is made
if [ "${VIRTUAL_ENV:-/}" -ef .venv ] || ! python3 -P -c 'import sys; from importlib.util import find_spec
sys.exit(not all(map(find_spec, ["gkn_utils", "torch", "papermill", "nbval"])))' 2> /dev/null; then
  python=.venv/bin/python stamp=$(cksum < requirements.lock)
  if ! ready; then
    base=$(find_python)
    exec 9> .setup.lock
    "$base" -I -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' # waits while another run sets up
    ready || make_venv
    exec 9>&-
  fi
fi
exec "$python" scripts/run.py "$@"

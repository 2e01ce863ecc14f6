#!/usr/bin/env bash
# The one script: sets up if needed, runs every notebook, regenerates figures/. See --help.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'END'
./run_all.sh            set up if needed, run every notebook at its quick settings, regenerate figures/ and its gallery
./run_all.sh --paper    the same at the paper's settings, into figures/paper/ (hours; a GPU is used where there is one)
./run_all.sh --only 06  just the notebooks whose name contains 06
./run_all.sh --only 06 -p seed 1    with another value of a parameter, into figures/yours/ (a path is one from here)
./run_all.sh --record   and, where a run is green, refresh the committed notebooks' outputs
./run_all.sh --resume   go on with a run that was stopped: only what is missing, or whose inputs changed, is run
./run_all.sh --check    set up if needed, then lint, unit tests and notebook regression: what CI runs
./run_all.sh --compare  the last of these alone: every notebook run again, what it prints and draws compared
./run_all.sh --bench    set up if needed, then time the project and write figures/benchmarks.* (leave the machine alone)
END
}

stop() {
  echo "run_all.sh: $1" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$candidate" && return
  done
  stop "Python 3.11 to 3.13 is needed, found $("${PYTHON:-python3}" --version 2>&1 | tail -n 1); install it, or set PYTHON=/path/to/python"
}

# An environment that already has the project (conda, Binder, an active venv) is used as it is; else .venv is made.
set_up() {
  touch .writable 2>/dev/null && rm .writable || stop "cannot write to $PWD; free some space or clone to a disk you can write to"
  if python3 -P -c 'import gkn_utils, papermill, nbval' 2>/dev/null; then
    python=python3
    return
  fi
  python=.venv/bin/python
  local stamp
  stamp=$(cksum < requirements.lock)
  [ "$(cat .venv/ready 2>/dev/null)" = "$stamp" ] && return
  local base
  base=$(find_python)
  exec 9> .setup.lock
  "$base" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' # waits while another run sets up; ends with this script's 9
  [ "$(cat .venv/ready 2>/dev/null)" = "$stamp" ] && exec 9>&- && return
  "$base" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "$base has no venv module; install it (on Debian and Ubuntu: apt install python3-venv) and run again"
  [ "$(df -Pk . | awk 'END { print $4 }')" -gt 4000000 ] || stop "less than 4 GB free in $PWD; make room and run again"
  echo "setting up .venv (once, a few minutes)"
  "$base" -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.lock &&
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps -e . ||
    stop "the packages of requirements.lock could not be installed (see above); run again when that is mended"
  echo "$stamp" > .venv/ready
  exec 9>&-
}

# Keeps other runs out until this script ends, as scripts/run_notebooks.py does.
alone() {
  exec 9>> build/lock
  "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null ||
    stop "another run is at work in this folder (process $(cat build/lock)); wait for it, or stop it"
  echo $$ > build/lock
}

# Two files of tests, or two notebooks, at once, a thread each.
by_two() {
  OMP_NUM_THREADS=1 "$python" -m pytest -n 2 --dist loadscope "$@"
}

check() {
  "$python" -m ruff check .
  "$python" -m ruff format --check gkn_utils scripts tests
  by_two tests
  compare
}

compare() {
  alone
  echo "notebooks: run again and compared with what is committed"
  rm -rf build/check build/committed && mkdir build/committed
  { git archive HEAD figures | tar -x -C build/committed; } 2>/dev/null || cp -R figures build/committed # no checkout
  GKN_FIGURES="$PWD/build/check" by_two notebooks --nbval --nbval-current-env --nbval-cell-timeout=900
  "$python" scripts/compare_figures.py build/check build/committed/figures
}

bench() {
  alone
  "$python" -m pytest tests/benchmarks -o addopts= --benchmark-only --benchmark-json=build/benchmarks.json \
    --benchmark-columns=median,stddev,rounds --benchmark-sort=fullname
  "$python" scripts/benchmark_figure.py
  "$python" scripts/readme_tables.py
}

# The value of a parameter; a path that was given from the caller's folder, as one that holds in ours.
value_of() {
  case "$1=$2" in
    folder=?* | *=*/*) (cd "$called_from" && realpath -- "$2" 2>/dev/null) || echo "$2" ;;
    data=*) if [ -d "$called_from/$2" ]; then (cd "$called_from" && realpath -- "$2"); else echo "$2"; fi ;;
    *) echo "$2" ;;
  esac
}

mode=run arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --check) mode=check ;;
    --compare) mode=compare ;;
    --bench) mode=bench ;;
    --paper | --record | --resume) arguments+=("$1") ;;
    --only) [ $# -gt 1 ] || stop "--only needs part of a notebook's name"; arguments+=("$1" "$2"); shift ;;
    -p) [ $# -gt 2 ] || stop "-p needs a parameter's name and a value"; arguments+=(-p "$2" "$(value_of "$2" "$3")"); shift 2 ;;
    -h | --help) usage; exit ;;
    *) usage >&2; stop "unknown option $1" ;;
  esac
  shift
done

[ "$mode" = run ] || [ ${#arguments[@]} -eq 0 ] || stop "--$mode takes no other options, got ${arguments[*]}"
if [ -n "${GKN_DATA:-}" ]; then
  data=$(cd "$called_from" && cd "$GKN_DATA" 2>/dev/null && pwd) || stop "GKN_DATA is $GKN_DATA, which is not a folder"
  export GKN_DATA="$data"
fi
set_up
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}" # this folder's gkn_utils, should another one be installed
mkdir -p build/ipython/profile_default
echo "c.IPKernelApp.log_level = 40" > build/ipython/profile_default/ipython_kernel_config.py
export IPYTHONDIR="$PWD/build/ipython" PYDEVD_DISABLE_FILE_VALIDATION=1
case "$mode" in
  run)
    status=0
    "$python" scripts/run_notebooks.py ${arguments[@]+"${arguments[@]}"} || status=$?
    [ "$status" -eq 2 ] || "$python" scripts/gallery.py # 2: nothing was run
    exit "$status"
    ;;
  *) "$mode" ;;
esac

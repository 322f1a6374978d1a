# For `run` and `run-tests`: a Python that fits, and a virtual environment that is whole. Sourced, never run.

FITS="3.11 3.12 3.13"

# "3.12" for a Python that can make an environment; nothing for what is none, or has no venv.
version_of() {
  "$1" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

fits() {
  case " $FITS " in *" $(version_of "$1") "*) [ -n "$(version_of "$1")" ] ;; *) return 1 ;; esac
}

# Where a Python may be, best first: on the path, then pyenv's.
candidates() {
  local name version
  for name in python3 python3.13 python3.12 python3.11 python; do
    type -aP "$name" || true
  done
  for version in 3.13 3.12 3.11; do
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python3 2>/dev/null | sort -rV || true
  done
}

# The first that fits. Otherwise says which is needed and where was looked, and ends with 2.
find_python() {
  local each found looked=""
  while IFS= read -r each; do
    if fits "$each"; then
      echo "$each"
      return 0
    fi
    found="$("$each" -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true)"
    case "$found" in
      "Python 3.11."* | "Python 3.12."* | "Python 3.13."*) found="$found without venv (Debian: apt install python3-venv)" ;;
    esac
    looked="$looked
    $each: ${found:-does not start}"
  done < <(candidates | awk '!seen[$0]++')
  {
    echo "peerscale needs Python 3.11, 3.12 or 3.13, and none was found"
    echo "  looked: for python3, python3.13, python3.12, python3.11 and python on the path, and in ${PYENV_ROOT:-$HOME/.pyenv}/versions${looked:-; there is none at all}"
    echo "  try:    install one (https://www.python.org/downloads, apt install python3.11 python3.11-venv, or pyenv install 3.13), then the same again"
  } >&2
  return 2
}

# Whether an environment starts, lies where it was made, and is of a Python that fits.
sound() {
  [ -x "$1/bin/python" ] && fits "$1/bin/python" &&
    "$1/bin/python" -c 'import os, sys; sys.exit(os.path.realpath(sys.prefix) != os.path.realpath(sys.argv[1]))' "$1" 2>/dev/null
}

# What pip tells, as one line for each library: its number and name.
told() {
  local count=0 line
  while IFS= read -r line; do
    case "$line" in
      Collecting\ * | Processing\ *)
        count=$((count + 1))
        line="${line#* }" line="${line##*/}"
        if [ -t 2 ]; then printf '\r  library %d of about %d: %-40.40s' "$count" "$1" "${line%%[=<>;\[ (]*}" >&2
        elif [ $((count % 10)) = 1 ]; then echo "  library $count of about $1: ${line%%[=<>;\[ (]*}" >&2; fi ;;
      "Installing collected packages"*)
        if [ -t 2 ]; then echo >&2; fi
        echo "  all fetched; unpacking them (a minute)" >&2 ;;
    esac
  done
}

# environment HERE EXTRAS LIBRARIES ROOM: HERE/.venv with this checkout in it, so that an edited or pulled one runs as it now is.
# EXTRAS: with commas between, "core" for none; those that are there already stay. LIBRARIES and ROOM: about how many and how much.
# Made again where it is broken or foreign; filled again where what must be in it has changed.
environment() {
  local here="$1" venv="$1/.venv" mark before="" all python want
  mark="$venv/peerscale-installed" want="$(cat "$here/pyproject.toml" "$here/constraints.txt" | cksum)"
  if sound "$venv"; then
    before="$(cat "$mark" 2>/dev/null || true)"
    all="$(together "${before%% *}" "$2")"
    if [ "$before" = "$all $want" ]; then return 0; fi
    echo "Adding to what is installed: once, about $4." >&2
  else
    all="$(together core "$2")"
    echo "Getting ready: once, some minutes, about $4; later starts take seconds." >&2
    python="$(find_python)" || return 2
    [ ! -e "$venv" ] || echo "1 of 2: .venv is broken, or of another place or Python: making it again with $python" >&2
    [ -e "$venv" ] || echo "1 of 2: making .venv with $python" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv"
  fi
  echo "2 of 2: installing what the model stands on" >&2
  echo "${before%% *} unfinished" > "$mark"  # whoever is killed here is followed by one who fills again
  if ! fill "$here" "$all" "$3"; then
    if [ -n "$before" ]; then echo "$before" > "$mark"; else rm -f "$mark"; fi  # nothing was changed: what worked goes on working
    return 2
  fi
  echo "$all $want" > "$mark"
  "$venv/bin/python" -P -c 'import sim.core.engine, sim.compiled.fill as fill; fill.once()' || true  # else the first run does
}

# Two lists of extras as one, each name once; "core" where there is none.
together() {
  local name both=""
  for name in ${1//,/ } ${2//,/ }; do
    case ",core,$both," in *",$name,"*) ;; *) both="${both:+$both,}$name" ;; esac
  done
  echo "${both:-core}"
}

# Install this checkout with extras; says how far it is. What was not whole is gone on with the next time.
fill() {
  local here="$1" extras="${2#core}" log="$1/.venv/install.log"
  extras="${extras#,}"
  if ! "$here/.venv/bin/python" -m pip install --disable-pip-version-check -c "$here/constraints.txt" \
    -e "$here${extras:+[$extras]}" 2>&1 | tee "$log" | told "$3"; then
    { tail -n 5 "$log" | cut -c1-200; echo "what peerscale stands on could not be installed"
      echo "  where: $log"; echo "  try:   the same again with internet; it goes on from here"; } >&2
    return 2
  fi
}

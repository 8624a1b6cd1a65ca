#!/bin/sh
# Runs every fuzz target of the library for FUZZTIME each. FUZZ, a regular
# expression, chooses among them. An input that fails stays in the package's
# testdata/fuzz and from then on fails `make test`. Inputs are not made smaller,
# which would take most of so short a time.
set -eu

: "${GO:=go}"
: "${FUZZTIME:=10s}"
: "${FUZZ:=^Fuzz}"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The list of a package is its targets, one a line, then "ok package time".
$GO test -list "$FUZZ" ./... >"$tmp/list" || { cat "$tmp/list"; exit 1; }

run() {
  # On a busy machine Go's fuzzer may take the end of its own time for a failure
  # of the target. It then names no failing input, and another try is due.
  for try in 1 2 3; do
    if $GO test -run='^$' -fuzz="^$1\$" -fuzztime="$FUZZTIME" -fuzzminimizetime=1x "$2" >"$tmp/out" 2>&1; then
      sed -n 's/^fuzz: elapsed: [^,]*, execs: \([0-9]*\).*/\1/p' "$tmp/out" | tail -n 1 |
        { read -r n || n=0; echo "fuzz $1 ($2): $n runs"; }
      return 0
    fi
    if grep -q 'Failing input written' "$tmp/out" || ! grep -q 'context deadline exceeded' "$tmp/out"; then
      break
    fi
  done
  cat "$tmp/out"
  echo "fuzz $1 ($2): FAILED"
  return 1
}

targets=
failed=0
while read -r word pkg _; do
  case $word in
  Fuzz*) targets="$targets $word" ;;
  ok)
    for target in $targets; do
      run "$target" "$pkg" || failed=1
    done
    targets=
    ;;
  esac
done <"$tmp/list"
exit $failed

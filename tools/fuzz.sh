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

# A target is a function of a test file; to ask the compiled tests would take longer than
# to run them. Other modules have none.
failed=0
grep -rEo --include='*_test.go' --exclude-dir=bench --exclude-dir=browser --exclude-dir=tools '^func Fuzz[A-Za-z0-9_]*' . |
  sed 's|^\(.*\)/[^/]*:func \(.*\)$|\2 \1|' | sort -k 2 >"$tmp/list"
while read -r target pkg; do
  if echo "$target" | grep -Eq "$FUZZ"; then
    run "$target" "$pkg" || failed=1
  fi
done <"$tmp/list"
if ! [ -s "$tmp/list" ]; then
  echo "fuzz: no target was found"
  failed=1
fi
exit $failed

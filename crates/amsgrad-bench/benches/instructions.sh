#!/bin/sh
# Instructions per step of the small paths, counted by valgrind: a regression shows on a noisy machine.
# Needs valgrind; from the root of the project: crates/amsgrad-bench/benches/instructions.sh
set -eu
command -v valgrind >/dev/null || { echo "valgrind is not installed: nothing counted" >&2; exit 0; }
program=$(cargo bench -q -p amsgrad-bench --bench instructions --no-run --message-format json |
    sed -n 's/.*"executable":"\([^"]*instructions-[^"]*\)".*/\1/p' | tail -n 1)
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'
}
# The difference of two counts leaves out the start of the program; 100 steps make a run.
for path in minimizer bare optimizer; do
    few=$(count $path 100)
    many=$(count $path 1100)
    printf '%-10s %8s instructions a run of 100 steps\n' $path $(((many - few) / 1000))
done

#!/bin/sh
# Draws the pictures of the pages named below anew, by the commands that they show.
set -eu
cd "$(dirname "$0")"
grep -h '^amsgrad ' gallery.md paper.md comparing.md tuning.md diagnosing.md | sh -eu >/dev/null
rm pictures/banana.csv

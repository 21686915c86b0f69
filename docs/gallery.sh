#!/bin/sh
# Draws the pictures of gallery.md, paper.md, comparing.md and tuning.md anew, by the commands that the pages show.
set -eu
cd "$(dirname "$0")"
grep -h '^amsgrad ' gallery.md paper.md comparing.md tuning.md | sh -eu >/dev/null
rm pictures/banana.csv

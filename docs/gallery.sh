#!/bin/sh
# Draws the pictures of gallery.md and paper.md anew, by the commands that the pages show.
set -eu
cd "$(dirname "$0")"
grep -h '^amsgrad ' gallery.md paper.md | sh -eu >/dev/null
rm pictures/banana.csv

#!/bin/sh
# Draws the pictures of gallery.md anew, by the commands that the page shows.
set -eu
cd "$(dirname "$0")"
grep '^amsgrad ' gallery.md | sh -eu >/dev/null
rm pictures/banana.csv

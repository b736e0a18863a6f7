#!/usr/bin/env bash
# An observing script for the shell: one scan of a planned unit, with the files of a module in a package.
#
#   OPS_API_URL=http://localhost:8000 OPS_API_TOKEN=... ./observe.sh UNIT MODULE FOLDER
#
# opsctl sends each write until it is answered; what fails ends the script, and the observation with it.
set -euo pipefail
unit=$1 module=$2 data=$3

observation=$(opsctl obs start "$unit" --observer observe.sh --condition pwv_mm=0.38)
trap 'opsctl obs finish "$observation" --status failed --comment "the script ended early"' EXIT

# Stands for the telescope and its camera.
mkdir -p "$data/$observation"
for stream in 1 2 3; do
  head -c 100000 /dev/urandom > "$data/$observation/B0D$stream.g3"
done

package=$(opsctl package create --obs "$observation" --module "$module" --name "$observation.tar" --path "$observation.tar")
opsctl files add "$data/$observation" --obs "$observation" --module "$module" --package "$package" --prefix "$observation"
opsctl package finalize "$package"

trap - EXIT
opsctl obs finish "$observation" --wait replicated
opsctl obs show "$observation"

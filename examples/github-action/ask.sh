#!/usr/bin/env bash
# Asks a gate until it decides. Exits with 0 for pass, 1 for fail, 2 for inconclusive, and 3 if it could not be asked.
# cer reads the address and the token from CER_... in the environment.
set -euo pipefail

arguments=(gate --wait "--from=${FROM:-now}" "--every=${EVERY:-15s}" "--markdown=$GITHUB_STEP_SUMMARY")
if [ -n "${CANDIDATE:-}" ]; then arguments+=("--candidate=$CANDIDATE"); fi
if [ -n "${BASELINE:-}" ]; then arguments+=("--baseline=$BASELINE"); fi

status=0
cer "${arguments[@]}" -- "$GATE" || status=$?
case $status in
  0) verdict=pass ;;
  1) verdict=fail ;;
  2) verdict=inconclusive ;;
  *) verdict=unknown ;;
esac
echo "verdict=$verdict" >> "$GITHUB_OUTPUT"
exit "$status"

#!/usr/bin/env bash
# Asks a gate until it decides. Ends with 0 for pass, 1 for fail, 2 for inconclusive, and 3 where it could not be asked.
# Whom to ask, and the token, cer reads from CER_... in the environment.
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

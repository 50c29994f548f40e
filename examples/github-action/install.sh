#!/usr/bin/env bash
# Downloads the command cer, unless the runner has it.
set -euo pipefail

if command -v cer > /dev/null; then exit 0; fi
case $RUNNER_OS in
  Linux) os=linux ;;
  macOS) os=darwin ;;
  *) os=windows ;;
esac
case $RUNNER_ARCH in
  ARM64) arch=arm64 ;;
  *) arch=amd64 ;;
esac
name="cer-$CER_VERSION-$os-$arch"
cd "$RUNNER_TEMP"
curl --fail --silent --show-error --location --retry 3 --output "$name.zip" "$CER_ARCHIVES/v$CER_VERSION/$name.zip"
if [ -n "${CER_SHA256:-}" ]; then
  echo "$CER_SHA256  $name.zip" | { sha256sum --check - || shasum -a 256 --check -; } # macOS only has shasum.
fi
unzip -q -o "$name.zip"
echo "$RUNNER_TEMP/$name" >> "$GITHUB_PATH"

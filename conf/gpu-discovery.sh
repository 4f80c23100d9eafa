#!/usr/bin/env bash
# Tells Spark which GPUs there are: spark.*.resource.gpu.discoveryScript. Prints {"name": "gpu", "addresses": ["0","1"]}.
set -euo pipefail

command="${NVIDIA_SMI:-nvidia-smi}"
fail() { echo "gpu-discovery.sh: $*" >&2; exit 1; }

command -v "$command" >/dev/null || fail "no $command on this host: install NVIDIA's driver, or ask for no GPU"
# The driver says what is wrong on standard output too.
output="$("$command" --query-gpu=index --format=csv,noheader 2>&1)" || fail "$command failed: ${output%%$'\n'*}"

addresses=""
while IFS= read -r line; do
  line="${line//[[:space:]]/}"
  [[ ! "$line" =~ ^[0-9]+$ ]] || addresses+="${addresses:+,}\"$line\"" # anything else is a warning
done <<<"$output"
[[ -n "$addresses" ]] || fail "$command finds no GPU on this host: ${output%%$'\n'*}"
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"

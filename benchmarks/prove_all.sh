#!/usr/bin/env bash
# Runs every slow suite and writes what it measured into docs/evidence_of_correctness.md. About half an hour on two cores.
# Usage, from anywhere: bash benchmarks/prove_all.sh
set -euo pipefail
cd "$(dirname "$0")/.."
for suite in trials luck monotone settled random_scenarios explain_pairs solve_grid one_history; do
  echo "== $suite"
  python -m "benchmarks.$suite" --record
done

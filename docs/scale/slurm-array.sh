#!/bin/bash
#SBATCH --job-name=latency
#SBATCH --array=0-3
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --exclusive
#SBATCH --time=00:30:00
#SBATCH --output=latency-%A-%a.log
# Four shards, each on a node of its own; their results come to one folder, for merge.
set -euo pipefail
exec npx --yes agent-latency-bench@0.1.0 run coding-agent \
  --url "${LATENCY_URL:?the endpoint to measure, such as http://gateway:8000/v1}" \
  --shard auto --iterations 50 --concurrency 16 --yes --no-progress \
  --out "shards-$SLURM_ARRAY_JOB_ID"

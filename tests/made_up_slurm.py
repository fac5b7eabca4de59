"""Commands of Slurm that need no cluster."""

import os
from pathlib import Path

SLURM = {
    # Runs each member of the array in the background, as a node of a cluster would.
    "sbatch": """
script=${@: -1}; last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\)%.*/\\1/p' "$script")
echo "$@" $(grep '^#SBATCH' "$script") >> "$SLURM_FAKE/asked"
for k in $(seq 0 "$last"); do
  export SLURM_JOB_ID=7 SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$k SLURM_PROCID=0 SLURM_LOCALID=0
  export SLURM_JOB_NUM_NODES=1 SLURM_NTASKS=1 SLURM_NODEID=0
  (sleep 1; bash "$script"; touch "$SLURM_FAKE/$k.done") > "$SLURM_FAKE/$k.log" 2>&1 &
done
echo "Submitted batch job 7"
""",
    "srun": 'while [[ $1 == --* ]]; do [[ $1 == --unbuffered ]] || shift; shift; done; exec "$@"',
    "sacct": """
shopt -s nullglob; echo "JobID|State|NodeList"
for log in "$SLURM_FAKE"/*.log; do
  k=$(basename "$log" .log); state=RUNNING; [ -e "$SLURM_FAKE/$k.done" ] && state=COMPLETED
  echo "7_$k|$state|here"
done
""",
}


def install(folder, monkeypatch):
    """Put three scripts into the way of Slurm's commands; the folder of what they note."""
    for name, text in SLURM.items():
        (folder / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
        (folder / name).chmod(0o755)
    notes = folder / "notes"
    notes.mkdir()
    here = Path(__file__).parent
    monkeypatch.setenv("SLURM_FAKE", str(notes))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", f"{here}:{here.parent}")
    return notes

"""Speed and memory of dlmath against its peers, as ratios paired in one run."""

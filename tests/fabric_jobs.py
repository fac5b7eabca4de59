"""One run on made-up images, shared: ``python fabric_jobs.py PROCESSES EXPERIMENT NET``."""

import json
import sys

import made_up_images

from experiments import images, parallel

images.SOURCES = made_up_images.SOURCES  # in each process: they run this file again

if __name__ == "__main__":
    processes, name, net = int(sys.argv[1]), *sys.argv[2:]
    setting = dict(labels="true", n=200, epochs=3, tests=50, seed=0)
    setting |= dict(net=net, decay=5e-4) if name == "cifar-table" else {}
    how = dict(processes=processes, accelerator="cpu")
    print(json.dumps(parallel.job(name=name, setting=setting, **how)))

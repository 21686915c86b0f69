#!/usr/bin/env python3
"""Record how PyTorch continues runs of its own and of ours.

Usage: checkpoints.py AMSGRAD, the path of the program. Needs torch, NumPy and safetensors.

For each problem it writes, beside itself, the checkpoint that torch.optim.Adam(amsgrad=True) leaves after 60 steps
(checkpoint-NAME-torch.safetensors), the one that `amsgrad minimize` leaves (checkpoint-NAME-ours.safetensors), and into
checkpoints.json where PyTorch comes to 100 steps after each of the two. All in 64-bit floating point.
"""
import json, pathlib, subprocess, sys
import torch
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
BEFORE, AFTER = 60, 100
torch.set_default_dtype(torch.float64)

PROBLEMS = {
    "valley": dict(
        formula="(1-x)^2 + 100*(y-x^2)^2", value=lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
        start=[-1.2, 1.0], options=["--vars", "x,y"], lr=0.01, betas=(0.9, 0.999), eps=1e-8),
    "bowl": dict(
        formula="sum(i, 1, n, i*(x[i] - 1/i)^2 + 0.1*x[i]^4)",
        value=lambda x: sum(i * (x[i - 1] - 1 / i) ** 2 + 0.1 * x[i - 1] ** 4 for i in range(1, 8)),
        start=[3.0, -2.0, 1.0, 0.0, 5.0, -0.5, 0.25], options=["-n", "7"], lr=0.05, betas=(0.8, 0.99), eps=1e-6),
}


def adam(x, problem):
    return torch.optim.Adam([x], lr=problem["lr"], betas=problem["betas"], eps=problem["eps"], amsgrad=True)


def go(x, optimizer, problem, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        problem["value"](x).backward()
        optimizer.step()
    return x.detach().tolist()


def main(program):
    recorded = dict(version=torch.__version__, before=BEFORE, after=AFTER, problems={})
    for name, problem in PROBLEMS.items():
        x = torch.nn.Parameter(torch.tensor(problem["start"]))
        optimizer = adam(x, problem)
        go(x, optimizer, problem, BEFORE)
        save_file({"parameters": x.detach().clone(), **optimizer.state[x]}, HERE / f"checkpoint-{name}-torch.safetensors")
        from_torch = go(x, optimizer, problem, AFTER)

        ours = HERE / f"checkpoint-{name}-ours.safetensors"
        ours.unlink(missing_ok=True)
        options = [
            "--start", ",".join(map(str, problem["start"])), "--dialect", "torch", "--learning-rate", str(problem["lr"]),
            "--beta1", str(problem["betas"][0]), "--beta2", str(problem["betas"][1]), "--epsilon", str(problem["eps"]),
            *problem["options"]]
        words = ["minimize", problem["formula"], *options]
        subprocess.run(
            [program, *words, "--steps", str(BEFORE), "--checkpoint", ours], check=True, stdout=subprocess.DEVNULL)
        kept = load_file(ours)
        x = torch.nn.Parameter(kept["parameters"])
        optimizer = adam(x, problem)
        names = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
        state = {name: kept[name] for name in names}
        optimizer.load_state_dict({"state": {0: state}, "param_groups": optimizer.state_dict()["param_groups"]})
        from_ours = go(x, optimizer, problem, AFTER)
        recorded["problems"][name] = dict(words=words, from_torch=from_torch, from_ours=from_ours)
    (HERE / "checkpoints.json").write_text(json.dumps(recorded, indent=1) + "\n")


main(*sys.argv[1:])

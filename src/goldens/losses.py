"""Losses and optimizers as torch's autograd and torch.optim compute them: losses.json and optimizers.json.

    python losses.py ../test/resources/losses
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn.functional import logsigmoid

POSITIONS = 12
STARTS = [0, 3, 5, 9, 12]  # two pairs


def policy(kind):
    def importance_sampling(logp, q, a):
        return -torch.exp(logp - q) * a

    def ppo(logp, q, a, low=0.8, high=1.2):
        r = torch.exp(logp - q)
        return -torch.minimum(r * a, torch.clamp(r, low, high) * a)

    def cispo(logp, q, a, low=0.0, high=4.0):
        return -torch.clamp(torch.exp(logp - q), low, high).detach() * logp * a

    def dro(logp, q, a, beta=0.05):
        return -(logp * a - beta / 2 * (logp - q) ** 2)

    return locals()[kind]


def sums(values):
    return torch.stack([values[begin:end].sum() for begin, end in zip(STARTS, STARTS[1:])])


def dpo(logp, base, w, beta, smoothing, nll):
    rewards = beta * sums(w * (logp - base))
    margin = rewards[0::2] - rewards[1::2]
    loss = -(1 - smoothing) * logsigmoid(margin) - smoothing * logsigmoid(-margin)
    likelihood = sums(w * -logp) / sums(w)
    metrics = {
        "accuracy": (margin > 0).double().mean().item(),
        "margin": margin.mean().item(),
        "chosen_reward": rewards[0::2].mean().item(),
        "rejected_reward": rewards[1::2].mean().item(),
    }
    return (loss + nll * likelihood[0::2]).sum(), metrics


def kl(kind, logp, base):
    x = logp - base
    return {"k1": x, "k2": x * x / 2, "k3": torch.exp(-x) - 1 + x}[kind]


def losses():
    torch.manual_seed(5)
    draw = lambda spread: torch.randn(POSITIONS, dtype=torch.float64).mul(spread).float().double()
    logp = (-draw(1.5).abs() - 0.05).float().double()
    q, base = logp + draw(0.5), logp + draw(0.3)
    q[3] = logp[3] + 2.5  # a ratio below every bound
    q[7] = logp[7] - 2.5  # and one above
    q, base = q.float().double(), base.float().double()
    advantages, w = draw(1.0), (draw(1.0).abs() + 0.1).float().double()
    cases = []

    def case(name, function, **parameters):
        leaf = logp.clone().requires_grad_()
        value = function(leaf)
        value, metrics = value if isinstance(value, tuple) else (value, {})
        value.backward()
        cases.append(
            {"name": name, "parameters": parameters, "loss": value.item(), "gradient": leaf.grad.tolist(), "metrics": metrics})

    case("cross_entropy", lambda x: (-w * x).sum())
    for name, variants in {
        "importance_sampling": [{}],
        "ppo": [{}, {"low": 0.9, "high": 1.5}],
        "cispo": [{}, {"low": 0.8, "high": 1.2}],
        "dro": [{}, {"beta": 0.3}],
    }.items():
        for parameters in variants:
            case(name, lambda x: (w * policy(name)(x, q, advantages, **parameters)).sum(), **parameters)
    for parameters in [
        {"beta": 0.1, "smoothing": 0.0, "nll": 0.0},
        {"beta": 0.7, "smoothing": 0.2, "nll": 0.0},
        {"beta": 0.3, "smoothing": 0.1, "nll": 1.5},
    ]:
        case("dpo", lambda x: dpo(x, base, w, **parameters), **parameters)
    for kind in ["k1", "k2", "k3"]:
        case(
            kind,
            lambda x: (-w * x).sum() + (0.4 * w * kl(kind, x, base)).sum(),
            coefficient=0.4)
    return {
        "logprobs": logp.tolist(), "q": q.tolist(), "base": base.tolist(), "advantages": advantages.tolist(),
        "weights": w.tolist(), "starts": STARTS, "cases": cases}


SHAPES = [(2, 6), (5, 2), (2, 4), (3, 2), (4, 3), (7,)]  # A and B of two modules, a matrix, a magnitude
STEPS = 100


def optimizers():
    torch.manual_seed(6)
    start = [torch.randn(shape) for shape in SHAPES]
    gradients = [[torch.randn(shape) * (1 + step % 7) for shape in SHAPES] for step in range(STEPS)]

    def run(name, make, **parameters):
        leaves = [torch.nn.Parameter(value.clone()) for value in start]
        optimizer = make(leaves)
        for step in gradients:
            for leaf, gradient in zip(leaves, step):
                leaf.grad = gradient.clone()
            optimizer.step()
        return {"name": name, "parameters": parameters, "values": flat(leaves)}

    flat = lambda tensors: torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).tolist()
    optim = torch.optim
    groups = lambda leaves: [{"params": leaves[0::2]}, {"params": leaves[1::2], "lr": 0.01 * 16}]
    cases = [
        run("adamw", lambda p: optim.AdamW(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1),
            learning_rate=0.01, beta1=0.9, beta2=0.99, weight_decay=0.1),
        run("adamw", lambda p: optim.AdamW(groups(p), lr=0.01, weight_decay=0),
            learning_rate=0.01, beta1=0.9, beta2=0.999, weight_decay=0, b_ratio=16),
        run("adam", lambda p: optim.Adam(p, lr=0.01, betas=(0.9, 0.999), weight_decay=0.1),
            learning_rate=0.01, beta1=0.9, beta2=0.999, weight_decay=0.1),
        run("sgd", lambda p: optim.SGD(p, lr=0.01, momentum=0), learning_rate=0.01, momentum=0, weight_decay=0),
        run("sgd", lambda p: optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1),
            learning_rate=0.01, momentum=0.9, weight_decay=0.1),
        run("sgd", lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True),
            learning_rate=0.01, momentum=0.9, weight_decay=0, nesterov=True),
        run("adafactor", lambda p: optim.Adafactor(p, lr=0.01, weight_decay=0.1), learning_rate=0.01, weight_decay=0.1),
    ]
    return {"shapes": SHAPES, "start": flat(start), "gradients": [flat(step) for step in gradients], "cases": cases}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, content in {"losses": losses(), "optimizers": optimizers()}.items():
        (target / f"{name}.json").write_text(json.dumps(content) + "\n")

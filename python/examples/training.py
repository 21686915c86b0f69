"""Steps by hand: a network of one hidden layer, its arrays moved in place, its state saved half-way."""

import amsgrad
import numpy as np

draw = np.random.default_rng(1)
x = draw.uniform(-2, 2, (256, 1))
y = np.sin(2 * x)
weights, bias = draw.normal(size=(1, 32)), draw.normal(size=32)
out = draw.normal(size=(32, 1)) / 32
params = [weights, bias, out]


def loss_and_gradients():
    hidden = np.tanh(x @ weights + bias)
    error = hidden @ out - y
    back = (error @ out.T) * (1 - hidden**2) * (2 / len(x))
    return np.mean(error**2), [x.T @ back, back.sum(0), hidden.T @ error * (2 / len(x))]


def train(optimizer, steps):
    for _ in range(steps):
        loss, gradients = loss_and_gradients()
        optimizer.step(gradients)
    return loss


optimizer = amsgrad.AMSGrad(params, lr=0.02, clip_norm=1.0)
print(f"after 200 steps {train(optimizer, 200):.6f}")
saved = optimizer.state_dict()

again = amsgrad.AMSGrad(params, clip_norm=1.0)
again.load_state_dict(saved)
loss = train(again, 1800)
print(f"after {again.steps} steps {loss:.6f}, learning rate {again.lr}")
assert loss < 1e-3

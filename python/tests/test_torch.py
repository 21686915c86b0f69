"""`amsgrad.torch` beside torch itself. Skipped where torch is not installed: its package is gigabytes."""

import copy
import pickle

import numpy as np
import pytest
from recorded import CLASSES, SETTINGS, gradients, starts

torch = pytest.importorskip("torch", reason="torch is not installed")

import amsgrad.torch  # noqa: E402

OURS = {
    "amsgrad": {},
    "amsgrad-l2": {"weight_decay": 0.1},
    "amsgrad-w": {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
}
DTYPES = [torch.float32, torch.float64]


def params(dtype):
    return [torch.tensor(start, dtype=dtype, requires_grad=True) for start in starts()]


def theirs(name, x):
    kind, settings, _, _ = CLASSES[name]
    return getattr(torch.optim, kind)(x, **SETTINGS, **settings)


def ours(name, x):
    return amsgrad.torch.AMSGrad(x, **SETTINGS, **OURS[name])


def steps(optimizer, x, some):
    for grads in some:
        for param, grad in zip(x, grads):
            param.grad = torch.tensor(grad)
        optimizer.step()


def close(x, y):
    for a, b in zip(x, y):
        tolerance, floor = (5e-6, 1) if a.dtype == torch.float32 else (1e-12, 1e-3)
        assert ((a - b).abs() <= tolerance * b.abs().clamp(min=floor)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OURS)
def test_the_numbers_of_torch(name, dtype):
    x, y = params(dtype), params(dtype)
    for optimizer, some in ((ours(name, x), x), (theirs(name, y), y)):
        steps(optimizer, some, gradients(np.dtype(str(dtype)[6:]).type))
    close(x, y)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("first", [ours, theirs])
def test_states_are_exchanged_both_ways(name, dtype, first):
    second = theirs if first is ours else ours
    whole = list(gradients(np.dtype(str(dtype)[6:]).type))
    x, y = params(dtype), params(dtype)
    reference = theirs(name, y)
    steps(reference, y, whole)
    optimizer = first(name, x)
    steps(optimizer, x, whole[:100])
    other = second(name, x)
    other.load_state_dict(optimizer.state_dict())
    steps(other, x, whole[100:200])
    optimizer.load_state_dict(copy.deepcopy(other.state_dict()))
    steps(optimizer, x, whole[200:])
    close(x, y)


def model():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2))


def train(model, optimizer, scheduler=None, count=20):
    torch.manual_seed(2)
    for _ in range(count):
        data = torch.randn(8, 3, 8, 8)

        def closure():
            optimizer.zero_grad()
            loss = (model(data).sum(1) - data.mean((1, 2, 3))).square().mean()
            loss.backward()
            return loss

        assert optimizer.step(closure).item() >= 0
        if scheduler:
            scheduler.step()
    return torch.cat([param.detach().reshape(-1) for param in model.parameters()])


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_groups_and_schedulers(memory_format):
    found = []
    for make in (
        lambda groups: amsgrad.torch.AMSGrad(groups, lr=0.01),
        lambda groups: torch.optim.Adam(groups, lr=0.01, amsgrad=True),
    ):
        net = model().to(memory_format=memory_format)
        optimizer = make([{"params": net[0].parameters(), "lr": 0.02, "betas": (0.5, 0.9)}])
        optimizer.add_param_group({"params": net[3].parameters(), "weight_decay": 0.1})
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=[0.05, 0.02], total_steps=40, cycle_momentum=False
        )
        found.append(train(net, optimizer, scheduler))
        assert len(optimizer.param_groups) == 2 and len(optimizer.state_dict()["state"]) == 4
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-5)


def test_saved_and_copied(tmp_path):
    net = model()
    optimizer = amsgrad.torch.AMSGrad(net.parameters(), lr=0.01)
    train(net, optimizer)
    torch.save(optimizer.state_dict(), tmp_path / "state.pt")
    loaded = copy.deepcopy(net)
    other = amsgrad.torch.AMSGrad(loaded.parameters(), lr=0.5)
    other.load_state_dict(torch.load(tmp_path / "state.pt"))
    both = pickle.loads(pickle.dumps((net, optimizer)))
    vectors = [train(*pair) for pair in (copy.deepcopy(both), (net, optimizer), (loaded, other), both)]
    assert all((vectors[0] == vector).all() for vector in vectors)


def test_missing_gradients_and_moved_memory():
    x, y = params(torch.float64), params(torch.float64)
    one, two = amsgrad.torch.AMSGrad(x), torch.optim.Adam(y, amsgrad=True)
    for place in (0, 1, 0):
        for optimizer, some in ((one, x), (two, y)):
            optimizer.zero_grad()
            some[place].grad = torch.ones_like(some[place])
            optimizer.step()
    x[0].data = x[0].data.clone()
    for optimizer, some in ((one, x), (two, y)):
        some[0].grad = some[0].detach().clone()
        optimizer.step()
    close(x, y)
    for place in (0, 1):
        steps_made = [optimizer.state_dict()["state"][place]["step"].item() for optimizer in (one, two)]
        assert steps_made[0] == steps_made[1]


def test_addresses_do_not_change():
    x = params(torch.float32)
    addresses = [param.data_ptr() for param in x]
    steps(amsgrad.torch.AMSGrad(x), x, list(gradients(np.float32))[:3])
    assert addresses == [param.data_ptr() for param in x]


def test_what_is_refused():
    for param, error, match in [
        (torch.ones(2, dtype=torch.bfloat16), TypeError, "torch.bfloat16; allowed"),
        (torch.ones(2, device="meta"), ValueError, "on meta; allowed: cpu"),
        (torch.ones(4)[::2], ValueError, "gaps in memory"),
    ]:
        with pytest.raises(error, match=match):
            amsgrad.torch.AMSGrad([param.requires_grad_()])
    x = [torch.ones(2, requires_grad=True)]
    with pytest.raises(ValueError, match="beta2"):
        amsgrad.torch.AMSGrad(x, betas=(0.9, 2.0))
    optimizer = amsgrad.torch.AMSGrad(x)
    steps(optimizer, x, [[np.ones(2, np.float32)]])
    x[0].grad = torch.tensor([1.0, float("nan")])
    before = x[0].tolist()
    with pytest.raises(FloatingPointError, match="at step 2"):
        optimizer.step()
    assert x[0].tolist() == before
    adam = torch.optim.Adam([torch.ones(2, requires_grad=True)])
    adam.param_groups[0]["params"][0].grad = torch.ones(2)
    adam.step()
    with pytest.raises(ValueError, match="no v_hat"):
        optimizer.load_state_dict(adam.state_dict())
    steps(optimizer, x, [[np.ones(2, np.float32)]])
    assert optimizer.state_dict()["state"][0]["step"].item() == 2
    with pytest.raises(ValueError, match="on meta"):
        optimizer.add_param_group({"params": [torch.ones(2, device="meta", requires_grad=True)]})
    assert len(optimizer.param_groups) == 1

"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al. 2024, arXiv 2409.11321).

Zhang and Zhu 2026 (arXiv 2601.20769) measured that it trains learned codecs in far fewer steps than Adam: it resolves
the conflict between the gradients of rate and distortion.

Made cheap: both moments live in the eigenbasis and are rotated only when it turns, so that a step rotates the gradient
in and the update back and nothing else; the rotations are bfloat16 products where those are fast; covariances see every
fourth gradient; every parameter has its turn at another step, so that all steps cost the same.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.devices import fast_type

SIDES = ("left", "right")


def _is_vector(p: Tensor) -> bool:
    return p.dim() < 2 or p[0].numel() == 1


class SOAP(torch.optim.Optimizer):
    """Every parameter as a matrix (outputs, everything else); a side of one or above `largest` keeps its own basis.

    Vectors, such as biases, are left to Adam. State of a parameter: `step`; `momentum` and `second`, in the eigenbasis;
    of a matrix also `phase` (it turns when step + phase is a multiple of `every`), `left` and `right` (the eigenbases,
    in the `compute_dtype`), `left_covariance` and `right_covariance` (their upper triangles count). Everything else
    is float32.

    Args:
        rate: factor of the learning rate, per group.
        betas: of the momentum and of the second moments, the covariances among them.
        every: steps between two turns of an eigenbasis.
        observe_every: steps between two gradients that the covariances see.
        largest: the longest side that gets an eigenbasis.
        compute_dtype: of eigenbases and rotations; by default what the device of a parameter is fastest with.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.95, 0.95),
        eps: float = 1e-8,
        every: int = 40,
        observe_every: int = 4,
        largest: int = 512,
        compute_dtype: torch.dtype | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "every": every,
            "observe_every": observe_every,
            "largest": largest,
        }
        super().__init__(params, defaults)
        self.compute_dtype = compute_dtype

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            trained = [p for p in group["params"] if p.grad is not None]
            self._begin([p for p in trained if not self.state[p] and not _is_vector(p)], group)
            for p in trained:
                if not _is_vector(p):
                    self._update_matrix(p, self.state[p], group)
            self._update_vectors([p for p in trained if _is_vector(p)], group)

    def state_of(self, p: Tensor) -> dict[str, Tensor]:
        """A copy of all that belongs to one parameter, for `set_state_of` of any SOAP that trains it."""
        return {name: _packed(name, value) for name, value in self.state[p].items()}

    @torch.no_grad()
    def set_state_of(self, p: Tensor, state: dict[str, Tensor]) -> None:
        unpacked = {name: _unpacked(name, value.to(p.device, copy=True)) for name, value in state.items()}
        self.state[p] = self._as_kept(p, unpacked)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        for p, state in self.state.items():  # PyTorch made the eigenbases float32, and shares the rest with the caller
            self.state[p] = self._as_kept(p, {k: v.clone() if isinstance(v, Tensor) else v for k, v in state.items()})

    def _as_kept(self, p: Tensor, state: dict[str, Any]) -> dict[str, Any]:
        if state and "phase" not in state and not _is_vector(p):
            raise ValueError("this is the state of an older SOAP, which kept its moments in another basis")
        return {k: v.to(self._dtype(p)) if k in ("left", "right") else v for k, v in state.items()}

    def _dtype(self, p: Tensor) -> torch.dtype:
        return self.compute_dtype or fast_type(p.device)

    def _begin(self, matrices: list[Tensor], group: dict[str, Any]) -> None:
        """Empty states, and phases that make all steps cost the same."""
        costs = [0] * group["every"]
        for p in sorted(matrices, key=torch.numel, reverse=True):
            sides = p.shape[0], p[0].numel()
            state: dict[str, Any] = {"step": 0, "phase": costs.index(min(costs))}
            for name in ("momentum", "second"):
                state[name] = torch.zeros(sides, device=p.device)
            for name, length in zip(SIDES, sides, strict=True):
                if 1 < length <= group["largest"]:
                    state[f"{name}_covariance"] = torch.zeros(length, length, device=p.device)
                    costs[state["phase"]] += length**3
            self.state[p] = state

    def _update_matrix(self, p: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        beta1, beta2 = group["betas"]
        gradient = p.grad.reshape(p.shape[0], -1).to(self._dtype(p))  # type: ignore[union-attr]
        state["step"] += 1
        step, moment = state["step"], state["step"] + state["phase"]
        if step == 1:  # the first gradient only gives the first bases
            _observe(state, gradient, 1.0 - beta2)
            for name in SIDES:
                if f"{name}_covariance" in state:
                    eigenvectors = torch.linalg.eigh(_damped(state[f"{name}_covariance"]))[1]
                    state[name] = eigenvectors.flip(1).to(gradient.dtype).contiguous()
            return
        if moment % group["observe_every"] == 0:
            _observe(state, gradient, 1.0 - beta2 ** group["observe_every"])
        rotated = _rotated(gradient, state.get("left"), state.get("right")).float()
        bias1, bias2 = 1.0 - beta1 ** (step - 1), (1.0 - beta2 ** (step - 1)) ** 0.5
        momentum = state["momentum"].lerp_(rotated, 1.0 - beta1)
        second = state["second"].mul_(beta2).addcmul_(rotated, rotated, value=1.0 - beta2)
        deviation = second.sqrt().add_(group["eps"] * bias2)
        update = torch.div(momentum, deviation, out=deviation)
        size = torch.linalg.vector_norm(update) * (bias2 / bias1 / update.numel() ** 0.5)
        update *= group["lr"] * bias2 / bias1 / size.clamp_min(1.0)  # moments lag behind a basis that has just turned
        update = _rotated_back(update.to(gradient.dtype), state.get("left"), state.get("right"))
        p.sub_(update.reshape(p.shape))
        if moment % group["every"] == 0:
            _turn(state)

    def _update_vectors(self, vectors: list[Tensor], group: dict[str, Any]) -> None:
        """Adam, all vectors together."""
        if not vectors:
            return
        beta1, beta2 = group["betas"]
        for p in vectors:
            if not self.state[p]:
                zeros = torch.zeros_like(p, dtype=torch.float32)
                self.state[p] = {"step": 0, "momentum": zeros, "second": zeros.clone()}
            self.state[p]["step"] += 1
        states = [self.state[p] for p in vectors]
        gradients = [p.grad.float() for p in vectors]  # type: ignore[union-attr]
        momenta, seconds = [s["momentum"] for s in states], [s["second"] for s in states]
        bias1 = [1.0 - beta1 ** s["step"] for s in states]
        bias2 = [(1.0 - beta2 ** s["step"]) ** 0.5 for s in states]
        torch._foreach_lerp_(momenta, gradients, 1.0 - beta1)
        torch._foreach_mul_(seconds, beta2)
        torch._foreach_addcmul_(seconds, gradients, gradients, 1.0 - beta2)
        deviations = torch._foreach_sqrt(seconds)
        torch._foreach_add_(deviations, [group["eps"] * b for b in bias2])
        updates = torch._foreach_div(momenta, deviations)
        torch._foreach_mul_(updates, [b2 / b1 for b1, b2 in zip(bias1, bias2, strict=True)])
        sizes = torch._foreach_norm(updates)
        torch._foreach_div_(sizes, [p.numel() ** 0.5 for p in vectors])
        torch._foreach_clamp_min_(sizes, 1.0)
        torch._foreach_div_(updates, sizes)
        torch._foreach_sub_(vectors, updates, alpha=group["lr"])


def _observe(state: dict[str, Any], gradient: Tensor, weight: float) -> None:
    if "left_covariance" in state:
        state["left_covariance"].lerp_((gradient @ gradient.T).float(), weight)
    if "right_covariance" in state:
        state["right_covariance"].lerp_((gradient.T @ gradient).float(), weight)


def _turn(state: dict[str, Any]) -> None:
    """One step of power iteration; the moments follow."""
    turns: dict[str, Tensor] = {}
    for name in SIDES:
        if name in state:
            old = state[name]
            axes = old.float().T @ _damped(state[f"{name}_covariance"])  # a row each
            order = torch.argsort((axes * old.T).sum(dim=1), descending=True)
            state[name] = torch.linalg.qr(axes[order].T)[0].to(old.dtype).contiguous()
            turns[name] = old.T @ state[name]
    left, right = turns.get("left"), turns.get("right")
    dtype = state[next(iter(turns))].dtype if turns else torch.float32
    state["momentum"] = _rotated(state["momentum"].to(dtype), left, right).float()
    # As if the axes of the old basis were uncorrelated, which is what an eigenbasis is for.
    left, right = (None if turn is None else turn.square() for turn in (left, right))
    state["second"] = _rotated(state["second"].to(dtype), left, right).float()


def _damped(covariance: Tensor) -> Tensor:
    """From its upper triangle; with the same eigenvectors, and no eigenvalue of zero."""
    upper = covariance.triu(1)
    diagonal = covariance.diagonal()
    return upper + upper.T + torch.diag(diagonal + (1e-6 * diagonal.mean() + 1e-30))


def _rotated(x: Tensor, left: Tensor | None, right: Tensor | None) -> Tensor:
    x = x if left is None else left.T @ x
    return x if right is None else x @ right


def _rotated_back(x: Tensor, left: Tensor | None, right: Tensor | None) -> Tensor:
    x = x if left is None else left @ x
    return x if right is None else x @ right.T


def _packed(name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        return torch.tensor(value)
    if name.endswith("covariance"):
        rows, columns = torch.triu_indices(*value.shape, device=value.device)
        return value[rows, columns]
    return value.clone()


def _unpacked(name: str, value: Tensor) -> Any:
    if name in ("step", "phase"):
        return int(value)
    if name.endswith("covariance"):
        length = int((2 * value.numel()) ** 0.5)
        rows, columns = torch.triu_indices(length, length, device=value.device)
        full = value.new_zeros(length, length)
        full[rows, columns] = value
        return full
    return value


def step_cost(p: Tensor) -> float:
    """Of stepping a parameter, roughly: SOAP's products, and a little for each number and each call."""
    rows, columns = p.shape[0], max(p.numel() // p.shape[0], 1)
    sides = [side for side in (rows, columns) if 1 < side <= 512]
    return 20.0 * p.numel() + p.numel() * sum(sides) + 0.3 * sum(side**3 for side in sides) + 20000.0

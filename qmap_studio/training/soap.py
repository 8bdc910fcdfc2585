"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al. 2024, arXiv 2409.11321).

Zhang and Zhu 2026 (arXiv 2601.20769) measured that it trains learned codecs in far fewer steps than Adam: it resolves
the conflict between the gradients of rate and distortion.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


def _as_matrix(x: Tensor) -> Tensor:
    """(outputs, inputs kernel kernel); vectors become one row."""
    return x.reshape(x.shape[0], -1) if x[0].numel() > 1 else x.reshape(1, -1)


class SOAP(torch.optim.Optimizer):
    """Every parameter as a matrix (outputs, everything else); a side of one or above `largest` keeps its own basis.

    Args:
        rate: factor of the learning rate, per group.
        betas: of the momentum and of the second moments, the preconditioners among them.
        every: steps between two updates of the eigenbases.
        largest: the longest side that gets a preconditioner.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.95, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        every: int = 10,
        largest: int = 512,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "every": every,
            "largest": largest,
        }
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, _as_matrix(p.grad.float()), group)

    def _update(self, p: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state, (beta1, beta2) = self.state[p], group["betas"]
        if not state:
            state["step"] = torch.zeros(())
            state["momentum"], state["second"] = torch.zeros_like(gradient), torch.zeros_like(gradient)
            for name, side in (("left", 0), ("right", 1)):
                if 1 < gradient.shape[side] <= group["largest"]:
                    state[name] = torch.zeros(2, gradient.shape[side], gradient.shape[side], device=p.device)
        self._precondition(state, gradient, beta2)
        state["step"] += 1
        step = int(state["step"])
        if step == 1:  # the first gradient only gives the first bases
            for name in ("left", "right"):
                if name in state:
                    state[name][1] = torch.linalg.eigh(_damped(state[name][0].double()))[1]
            return
        bias1, bias2 = 1.0 - beta1 ** (step - 1), 1.0 - beta2 ** (step - 1)
        state["momentum"].lerp_(gradient, 1.0 - beta1)
        state["second"].lerp_(_rotate(gradient, state).square(), 1.0 - beta2)
        update = _rotate(state["momentum"], state) / ((state["second"] / bias2).sqrt() + group["eps"])
        update = _rotate_back(update, state) / bias1
        update /= update.square().mean().sqrt().clamp_min(1.0)  # moments lag behind a basis that has just turned
        p.mul_(1.0 - group["lr"] * group["weight_decay"])
        p.sub_(group["lr"] * update.reshape(p.shape))
        if step % group["every"] == 0:
            self._turn_bases(state)

    @staticmethod
    def _precondition(state: dict[str, Any], gradient: Tensor, beta: float) -> None:
        if "left" in state:
            state["left"][0].lerp_(gradient @ gradient.T, 1.0 - beta)
        if "right" in state:
            state["right"][0].lerp_(gradient.T @ gradient, 1.0 - beta)

    @staticmethod
    def _turn_bases(state: dict[str, Any]) -> None:
        """One step of power iteration; the second moments follow the order of the axes."""
        for name, side in (("left", 0), ("right", 1)):
            if name in state:
                covariance, basis = state[name]
                turned = _damped(covariance) @ basis
                order = torch.argsort((basis * turned).sum(dim=0), descending=True)
                state["second"] = state["second"].index_select(side, order)
                state[name][1] = _orthonormal(turned[:, order])


def _damped(covariance: Tensor) -> Tensor:
    """With the same eigenvectors, and no eigenvalue of zero."""
    diagonal = covariance.diagonal()
    return covariance + torch.diag((1e-6 * diagonal.mean() + 1e-30).expand_as(diagonal))


def _orthonormal(columns: Tensor) -> Tensor:
    """What Gram and Schmidt make of columns: by Cholesky twice, several times faster than by Householder's QR."""
    basis = columns.double()
    for _ in range(2):
        basis = basis / basis.norm(dim=0)
        lower, failed = torch.linalg.cholesky_ex(basis.T @ basis)
        if failed:
            return torch.linalg.qr(columns)[0]
        basis = torch.linalg.solve_triangular(lower, basis.T, upper=False).T
    return basis.float()


def _rotate(x: Tensor, state: dict[str, Any]) -> Tensor:
    if "left" in state:
        x = state["left"][1].T @ x
    return x @ state["right"][1] if "right" in state else x


def _rotate_back(x: Tensor, state: dict[str, Any]) -> Tensor:
    if "left" in state:
        x = state["left"][1] @ x
    return x @ state["right"][1].T if "right" in state else x

"""The authors' checkpoint of the paper's network: read without running any code in it, checked, and made a model.

It is a dictionary whose "model" is the network's state with CompressAI 1.0's names for the entropy models.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from qmap_studio.codec.song2021.authors_names import authors_names
from qmap_studio.codec.song2021.fixed_point import ACTIVATION_BOUND, WEIGHT_BOUND
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.codec.song2021.network import Song2021Network
from qmap_studio.codec.song2021.prior import FactorisedPrior
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.language import ngettext, tr

MOST_NAMED = 5
CDF_TOTAL = 1 << 16
BOTTLENECK, GAUSSIAN = "entropy_bottleneck.", "gaussian_conditional."
CDF_BUFFERS = ("_offset", "_quantized_cdf", "_cdf_length")


def read_checkpoint(path: Path) -> Song2021Model:
    """The model in a checkpoint file.

    Raises:
        WeightsError: it cannot be read, holds anything but tensors and numbers, or is not of this network; all that
            is missing, foreign or of another shape is named.
    """
    state = _state_of(path)
    with torch.device("meta"):
        network, prior = Song2021Network(), FactorisedPrior(Song2021Network().config.N)
    ours = {theirs: name for name, theirs in authors_names(network).items()}
    priors = {f"{BOTTLENECK}_{name}": name for name in prior.state_dict()}
    shapes = {theirs: network.state_dict()[name].shape for theirs, name in ours.items()}
    shapes |= {theirs: prior.state_dict()[name].shape for theirs, name in priors.items()}
    problems = [*_differences(state, shapes | _further_shapes(network)), *_bad_values(state, [*ours, *priors])]
    if problems:
        named, more = problems[:MOST_NAMED], len(problems) - MOST_NAMED
        if more > 0:
            named.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
        raise WeightsError(
            tr("{path} is not the checkpoint of song2021: {problems}.").format(path=path, problems="; ".join(named))
        )
    network.load_state_dict({name: state[theirs].float() for theirs, name in ours.items()}, assign=True)
    prior.load_state_dict({name: state[theirs].float() for theirs, name in priors.items()}, assign=True)
    return Song2021Model.of(network, prior.requires_grad_(False))


def _state_of(path: Path) -> Mapping[str, Tensor]:
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(
            tr("Cannot read {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    except Exception as error:  # torch's reader fails in any way on other data, IndexError and struct.error among them
        raise WeightsError(
            tr(
                "{path} is damaged, or holds more than tensors and numbers; nothing in it was run. A checkpoint "
                "of the authors was expected."
            ).format(path=path)
        ) from error
    state = checkpoint.get("model", checkpoint) if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise WeightsError(
            tr("{path} holds no dictionary of tensors; a checkpoint of the authors was expected.").format(path=path)
        )
    return state


def _further_shapes(network: Song2021Network) -> dict[str, tuple[int, ...] | None]:
    """Tensors of the checkpoint that a model is not made of; None for those of any shape."""
    N = network.config.N
    shapes: dict[str, tuple[int, ...] | None] = {}
    for name in authors_names(network).values():
        if name.endswith((".beta", ".gamma")):
            shapes |= {f"{name}_reparam.pedestal": (1,), f"{name}_reparam.lower_bound.bound": (1,)}
    shapes |= {f"{BOTTLENECK}quantiles": (N, 1, 3), f"{BOTTLENECK}target": (3,)}
    shapes |= {f"{model}likelihood_lower_bound.bound": (1,) for model in (BOTTLENECK, GAUSSIAN)}
    shapes |= {f"{model}{name}": None for model in (BOTTLENECK, GAUSSIAN) for name in CDF_BUFFERS}
    shapes |= {f"{GAUSSIAN}scale_table": None, f"{GAUSSIAN}scale_bound": (1,)}
    return shapes | {f"{GAUSSIAN}lower_bound_scale.bound": (1,)}


def _differences(
    state: Mapping[str, Tensor], shapes: Mapping[str, torch.Size | tuple[int, ...] | None]
) -> Iterator[str]:
    yield from (tr("{name} is missing").format(name=name) for name in shapes if name not in state)
    yield from (tr("{name} is not a part of it").format(name=name) for name in state if name not in shapes)
    for name, shape in shapes.items():
        if name in state and shape is not None and tuple(state[name].shape) != tuple(shape):
            yield tr("{name} has the shape {found}, expected {expected}").format(
                name=name, found=list(state[name].shape), expected=list(shape)
            )


def _bad_values(state: Mapping[str, Tensor], used: list[str]) -> Iterator[str]:
    for name in used:
        if name in state and not torch.isfinite(state[name]).all():
            yield tr("{name} holds numbers that are not finite").format(name=name)
        bound = WEIGHT_BOUND if name.endswith("weight") else ACTIVATION_BOUND
        if name.startswith("h_s.") and name in state and state[name].abs().max() > bound:
            yield tr("{name} holds numbers beyond {bound:g}, which exact arithmetic does not reach").format(
                name=name, bound=bound
            )
    for model in (BOTTLENECK, GAUSSIAN):
        if all(model + name in state for name in CDF_BUFFERS):
            yield from _bad_cdf(model, *(state[model + name] for name in CDF_BUFFERS))


def _bad_cdf(model: str, offset: Tensor, cdf: Tensor, length: Tensor) -> Iterator[str]:
    """What is wrong with CompressAI's tables, which are empty until it has made them."""
    if not cdf.numel() and not offset.numel() and not length.numel():
        return
    if cdf.ndim != 2 or offset.shape != cdf.shape[:1] or length.shape != cdf.shape[:1]:
        found = ", ".join(f"{name} {list(t.shape)}" for name, t in zip(CDF_BUFFERS, (offset, cdf, length), strict=True))
        yield tr("the tables of {name} do not fit each other: {found}").format(name=model[:-1], found=found)
        return
    for k, (row, size) in enumerate(zip(cdf.long(), length.long().tolist(), strict=True)):
        part = row[: max(size, 0)]
        if not (2 <= size <= len(row) and part[0] == 0 and part[-1] == CDF_TOTAL and (part.diff() > 0).all()):
            yield tr("{name} does not rise from 0 to {highest} in row {row}").format(
                name=f"{model}_quantized_cdf", highest=CDF_TOTAL, row=k
            )
            return

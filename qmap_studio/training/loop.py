"""The training loop: resumable at any moment, one script for two CPU cores and for a large GPU."""

import json
import math
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.live import Forward, LiveConfig, LiveNetwork
from qmap_studio.core.rate import LAMBDA_AT_ZERO, LAMBDA_GROWTH
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.maps import random_maps, signalled
from qmap_studio.training.soap import SOAP

VALIDATION_QUALITIES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass
class Recipe:
    """Everything that shapes a run."""

    steps: int = 6000
    batch: int = 32
    crop: int = 128  # many pictures a step: better than a quarter as many, twice as wide
    optimizer: str = "soap"  # or "adamw"
    learning_rate: float = 1e-3
    transform_rate: float = 0.05  # the DCT kernels learn this much slower
    warmup: int = 150
    hard_from: float = 0.5  # from this share of the steps on the rate is that of rounded latents
    ema: float = 0.999
    clip: float = 1.0
    seed: int = 1
    validate_every: int = 250
    save_every: int = 100


def weighted_loss(x: Tensor, x_hat: Tensor, lambda_map: Tensor, bits: Tensor) -> tuple[Tensor, Tensor]:
    """bpp + 255^2 mean(lambda(m) squared error) of every picture (B,), and the bpp alone."""
    bpp = bits / (x.shape[2] * x.shape[3])
    errors = (x.float() - x_hat.float()).square()
    return bpp + 255.0**2 * (lambda_map * errors).mean(dim=(1, 2, 3)), bpp


def balance(maps: Tensor) -> Tensor:
    """Weights of pictures (B,) that make a percent of the loss count alike under every map (B, 1, H, W).

    The loss grows like the square root of lambda; unbalanced, quality 1 would outweigh quality 0 tenfold.
    """
    return 1.0 / torch.exp(LAMBDA_GROWTH / 2.0 * (maps - 0.5)).mean(dim=(1, 2, 3))


def centred(pixels: Tensor) -> Tensor:
    """uint8 (B, H, W, 3) to float (B, 3, H, W) in [-0.5, 0.5], channels last in memory."""
    return pixels.permute(0, 3, 1, 2).float().div_(255.0).sub_(0.5).contiguous(memory_format=torch.channels_last)


class Trainer:
    """One run in one folder: `state.pt` (all of it), `checkpoint.safetensors`, `metrics.jsonl`, `recipe.json`.

    The checkpoint is all that an export needs, a tenth of the state; it is what comes back from another machine.

    Trains `live`. Networks of another kind override what is theirs: the methods from `make_network` to `weights`.

    Attributes:
        model_id: what is trained.
        validation_crops: held-out crops that a validation codes under every map, a multiple of 4.
        step: steps of this run; `before` counts those behind the checkpoint that it began from.
        skipped: steps left out because their gradient was not finite.
    """

    model_id = "live"
    validation_crops = 16

    def __init__(self, folder: Path, data: Path, recipe: Recipe, config: Any, device: torch.device) -> None:
        self.folder, self.recipe, self.device = folder, recipe, device
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(recipe.seed)
        self.generator = torch.Generator().manual_seed(recipe.seed)
        train, held_out = load_pictures(data)
        self.pictures, self.held_out = train.to(device), held_out.to(device)
        self.network: Any = self.make_network(config).to(device)
        self.prepare()
        self.network.to(memory_format=torch.channels_last)
        self.optimizer = self.make_optimizer()
        self.ema = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.before, self.step, self.skipped = 0, 0, 0
        self.compiled: Any = torch.compile(self.network) if device.type == "cuda" else self.network

    def make_network(self, config: LiveConfig) -> nn.Module:
        return LiveNetwork(config)

    def prepare(self) -> None:
        """Gives the new network what it begins with."""
        first = self.pictures.crops(64, self.recipe.crop, torch.Generator().manual_seed(0))[0]
        self.network.start_from(centred(first))

    def make_optimizer(self) -> torch.optim.Optimizer:
        r = self.recipe
        transforms = [self.network.g_a.transform, self.network.g_s.transform]
        others = [p for p in self.network.parameters() if all(p is not t for t in transforms)]
        groups: list[dict[str, Any]] = [
            {"params": others, "rate": 1.0, "weight_decay": 1e-5},
            {"params": transforms, "rate": r.transform_rate, "weight_decay": 0.0},
        ]
        if r.optimizer == "soap":
            return SOAP(groups, lr=r.learning_rate)
        return torch.optim.AdamW(groups, lr=r.learning_rate, betas=(0.9, 0.98), fused=True)

    def learning_rate(self) -> float:
        r = self.recipe
        warm = min(1.0, (self.step + 1) / r.warmup)
        return r.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, self.step / r.steps))))

    def draw_maps(self, labels: Tensor) -> Tensor:
        """Quality maps (B, 1, S, S) for crops with these segments."""
        return random_maps(labels)

    def code(self, network: Any, x: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        """Sends centred pictures and their maps through the network, as trained or averaged."""
        return network(x, signalled(maps), hard=hard)

    def lambda_map(self, maps: Tensor) -> Tensor:
        return LAMBDA_AT_ZERO * torch.exp(LAMBDA_GROWTH * maps)

    def weights(self, maps: Tensor) -> Tensor:
        """What the pictures (B,) of a step weigh."""
        return balance(maps)

    def train_step(self) -> dict[str, float]:
        r = self.recipe
        pixels, labels = self.pictures.crops(r.batch, r.crop, self.generator)
        x, maps = centred(pixels), self.draw_maps(labels)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate() * group["rate"]
        bf16 = self.device.type == "cuda"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=bf16):
            out = self.code(self.compiled, x, maps, hard=self.step >= r.hard_from * r.steps)
        losses, bpp = weighted_loss(x, out.x_hat, self.lambda_map(maps), out.bits_y + out.bits_z)
        loss = (self.weights(maps) * losses).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), r.clip)
        if torch.isfinite(norm):
            self.optimizer.step()
            self._update_ema()
        else:
            self.skipped += 1
        self.step += 1
        return {"loss": loss.item(), "bpp": bpp.mean().item(), "norm": norm.item()}

    @torch.no_grad()
    def _update_ema(self) -> None:
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        for name, value in self.network.state_dict().items():
            self.ema[name].lerp_(value, 1.0 - decay)

    @torch.no_grad()
    def validate(self) -> dict[str, Any]:
        """The loss on held-out photos at uniform qualities and with random maps, with the averaged weights."""
        random_state = torch.get_rng_state()
        judge: Any = self.make_network(self.network.config).to(self.device)
        judge.load_state_dict(self.ema)
        judge.to(memory_format=torch.channels_last)
        pixels, labels = self.held_out.crops(self.validation_crops, 320, torch.Generator().manual_seed(5))
        torch.manual_seed(5)
        result: dict[str, Any] = {"uniform": []}
        sets = [torch.full((len(pixels), 1, 320, 320), q, device=self.device) for q in VALIDATION_QUALITIES]
        losses = []
        for maps in [*sets, self.draw_maps(labels)]:
            sums = torch.zeros(3, dtype=torch.float64)
            for i in range(0, len(pixels), 4):
                x, part = centred(pixels[i : i + 4]), maps[i : i + 4]
                out = self.code(judge, x, part, hard=True)
                loss, bpp = weighted_loss(x, out.x_hat, self.lambda_map(part), out.bits_y + out.bits_z)
                errors = F.mse_loss(x, out.x_hat.clamp(-0.5, 0.5), reduction="none").mean(dim=(1, 2, 3))
                psnr = -10.0 * torch.log10(errors)
                sums += torch.stack((loss.mean(), bpp.mean(), psnr.mean())).cpu() * 4.0 / len(pixels)
            losses.append(sums[0].item())
            result["uniform"].append([round(v, 4) for v in sums.tolist()])
        result["maps"] = result["uniform"].pop()
        result["loss"] = sum(losses) / len(losses)
        result["geometric"] = math.prod(losses) ** (1.0 / len(losses))
        torch.set_rng_state(random_state)
        return result

    def start(self, path: Path) -> None:
        """Begins a new run from a compact checkpoint: its weights, a new schedule, no moments.

        Raises:
            ValueError: its network differs in more than having fewer blocks.
        """
        checkpoint = Checkpoint.read(path)
        config, wanted = LiveConfig(**checkpoint.about["config"]), self.network.config
        if config != replace(wanted, blocks8=config.blocks8, blocks16=config.blocks16):
            raise ValueError(f"{path} holds a network of other sizes: {config}")
        self.before = checkpoint.step
        self.network.grow_from(checkpoint.ema)
        self.ema = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.network.grow_from(checkpoint.network)

    def save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "ema": self.ema,
            "optimizer": self.optimizer.state_dict(),
            "before": self.before,
            "step": self.step,
            "skipped": self.skipped,
            "generator": self.generator.get_state(),
            "random": torch.get_rng_state(),
            "cuda_random": torch.cuda.get_rng_state() if self.device.type == "cuda" else None,
        }
        torch.save(state, self.folder / "state.pt.new")
        os.replace(self.folder / "state.pt.new", self.folder / "state.pt")
        checkpoint = Checkpoint(state["network"], self.ema, self.before + self.step, self.about)
        checkpoint.write(self.folder / "checkpoint.safetensors")

    def resume(self) -> bool:
        path = self.folder / "state.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.ema = state["ema"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.before, self.step, self.skipped = state.get("before", 0), state["step"], state["skipped"]
        self.generator.set_state(state["generator"].cpu())
        torch.set_rng_state(state["random"].cpu())
        if state["cuda_random"] is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(state["cuda_random"].cpu())
        return True

    @property
    def about(self) -> dict[str, Any]:
        """What is trained, and how."""
        return {
            "model": self.model_id,
            "recipe": asdict(self.recipe),
            "config": asdict(self.network.config),
            "before": self.before,
        }

    def run(self, seconds: float = math.inf) -> None:
        """Trains to the last step, or for so many seconds; saves every so often and at the end."""
        (self.folder / "recipe.json").write_text(json.dumps(self.about, indent=1))
        started, ended = time.monotonic(), False
        mean: dict[str, float] = {}
        with (self.folder / "metrics.jsonl").open("a", buffering=1) as log:
            while not ended:
                began = time.monotonic()
                figures = self.train_step()
                figures["seconds"] = time.monotonic() - began
                for key, value in figures.items():
                    if math.isfinite(value):
                        mean[key] = value if key not in mean else 0.98 * mean[key] + 0.02 * value
                ended = self.step >= self.recipe.steps or time.monotonic() - started > seconds
                line: dict[str, Any] = {"step": self.step, "skipped": self.skipped, "rate": self.learning_rate()}
                if self.step % 25 == 0 or ended:
                    line |= {k: round(v, 5) for k, v in mean.items()}
                if self.step % self.recipe.validate_every == 0 or ended:
                    line["validation"] = self.validate()
                if len(line) > 3:
                    log.write(json.dumps(line) + "\n")
                if self.step % self.recipe.save_every == 0 or ended:
                    self.save()

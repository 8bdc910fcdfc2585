"""H.265 with a region of interest, to compare with: x265 by FFmpeg, whose filter `addroi` tells it the box."""

import subprocess
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr
from qmap_studio.core.opencv import cv2
from qmap_studio.evaluation.metrics import Pixels
from qmap_studio.evaluation.protocol import centred_third

QP_RANGE = 51
# x265 takes regions only where adaptive quantisation is on: at so small a strength it changes nothing else. What it
# does for the eye costs PSNR and is off.
_OPTIONS = "log-level=none:info=0:keyint=1:range=full:psy-rd=0:psy-rdoq=0:aq-mode=1:aq-strength=0.01"


@dataclass(frozen=True)
class RegionHevc:
    """x265 at a number of QP finer in the centred third than elsewhere; settings are its CRF.

    The raw stream counts: no container, no messages. YCbCr of BT.601, full range, 4:4:4, 8 bits.
    """

    settings: ClassVar[tuple[int, ...]] = (51, 48, 45, 42, 39, 36)
    delta_qp: int

    @property
    def name(self) -> str:
        return f"x265-delta-{self.delta_qp}"

    @property
    def title(self) -> str:
        return f"x265, delta QP {self.delta_qp}"

    @property
    def description(self) -> str:
        return "x265 by FFmpeg's addroi, 4:4:4, preset veryslow, " + _OPTIONS  # no text: part of the result's file

    @property
    def is_available(self) -> bool:
        """Whether there is an FFmpeg with x265."""
        try:
            return b"libx265" in _ffmpeg(["-encoders"], b"")
        except (OSError, ComputeError):
            return False

    @property
    def missing(self) -> str:
        return tr("FFmpeg with x265 is not installed")

    def encode(self, pixels: Pixels, setting: int) -> bytes:
        """The stream of a uint8 (H, W, 3) picture.

        Raises:
            ComputeError: FFmpeg fails.
        """
        height, width = pixels.shape[:2]
        box = centred_third(height, width)
        region = f"addroi=x={box.x}:y={box.y}:w={box.width}:h={box.height}:qoffset=-{self.delta_qp}/{QP_RANGE}"
        planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]].transpose(2, 0, 1)
        raw = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-s", f"{width}x{height}", "-i", "-"]
        coder = ["-c:v", "libx265", "-preset", "veryslow", "-x265-params", f"crf={setting}:{_OPTIONS}"]
        return _ffmpeg([*raw, "-vf", region, *coder, "-f", "hevc", "-"], planes.tobytes())

    def decode(self, data: bytes) -> Pixels:
        """uint8 (H, W, 3). Raises ComputeError where FFmpeg fails."""
        file = _ffmpeg(["-f", "hevc", "-i", "-", "-f", "yuv4mpegpipe", "-"], data)
        head, _, frame = file.partition(b"\n")
        sides = {field[:1]: int(field[1:]) for field in head.split() if field[:1] in (b"W", b"H")}
        planes = np.frombuffer(frame.removeprefix(b"FRAME\n"), np.uint8).reshape(3, sides[b"H"], sides[b"W"])
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(planes[[0, 2, 1]].transpose(1, 2, 0)), cv2.COLOR_YCrCb2RGB))


def _ffmpeg(arguments: list[str], data: bytes) -> bytes:
    done = subprocess.run(["ffmpeg", "-v", "error", *arguments], input=data, capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise ComputeError(tr("FFmpeg failed: {reason}").format(reason=reason.splitlines()[-1] if reason else "?"))
    return done.stdout


REGION_CODECS = {codec.name: codec for codec in map(RegionHevc, (8, 12, 16))}

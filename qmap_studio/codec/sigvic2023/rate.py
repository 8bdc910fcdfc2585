"""What a quality is worth to SigVIC: its section 3, the boundaries of lambda."""

import math

LAMBDA_MIN, LAMBDA_MAX = 0.0016, 0.045
"""For mean squared errors of levels from 0 to 255."""
LAMBDA_GROWTH = math.log(LAMBDA_MAX / LAMBDA_MIN)
MS_SSIM_LAMBDA_MIN, MS_SSIM_LAMBDA_MAX = 5.0, 120.0
"""For 1 - MS-SSIM."""

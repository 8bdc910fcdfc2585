"""How good a compressed picture is: metrics, regions, rate-distortion curves, other codecs. Knows no window."""

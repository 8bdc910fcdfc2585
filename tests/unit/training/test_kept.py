"""What the coder of kept pixels is fitted with: networks and tables of the form that it reads."""

import numpy as np

from qmap_studio.codec.common.kept.photographic.tables import KINDS, TABLES
from qmap_studio.training.kept import networks, tables
from qmap_studio.training.kept.samples import samples


def test_what_is_fitted_has_the_form_that_the_coder_reads(data, tmp_path):
    seen = networks.examples(samples(data, 2, seed=0), {}, share=0.02, seed=0)
    found = {key: networks.fit(key, part, None, steps=2) for key, part in seen.items()}
    assert len(found) == 3 * KINDS
    fitted = tables.fitted(tables.residuals(samples(data, 1, seed=1), found))
    assert len(fitted["reach"]) == TABLES - 1
    assert (2 * fitted["reach"].astype(int) + 2).sum() == len(fitted["counts"])
    assert fitted["counts"].min() > 0
    np.savez(tmp_path / "fitted.npz", **networks.named(found))
    again = networks.read(tmp_path / "fitted.npz")
    for key, layers in found.items():
        for (weights, biases), (same_weights, same_biases) in zip(layers, again[key], strict=True):
            assert np.array_equal(weights, same_weights)
            assert np.array_equal(biases, same_biases)


def test_networks_learn_to_expect_what_they_see(data):
    seen = networks.examples(samples(data, 2, seed=0), {}, share=0.1, seed=0)[0, 1]
    first, later = (networks.fit((0, 1), seen, None, steps) for steps in (1, 60))
    assert networks.cost(later, seen) < networks.cost(first, seen) - 0.1

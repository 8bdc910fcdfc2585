"""Which weights a run is done with."""


def weights_digest(model: str) -> str:
    """The SHA-256 of a model's weights, in hexadecimal; loads no network.

    Raises:
        WeightsError: there are none of that id.
        FileAccessError: they cannot be read.
    """
    from qmap_studio.codec.models import weights_path
    from qmap_studio.core.files import digest_of

    return digest_of(weights_path(model))

"""How the authors' code names the modules of the network."""

from qmap_studio.codec.song2021.network import Song2021Network


def authors_names(network: Song2021Network) -> dict[str, str]:
    """Every key of the network's state and the authors' name for it.

    They number the layers of g_a, h_a and g_s through all stages, and the condition networks from 1.
    """
    modules = {"h_s.": "h_s.", "f_c.": "qmap_feature_gs0."}
    for name in ("g_a", "h_a", "g_s"):
        layers = [f"{name}.{i}.{j}." for i, stage in enumerate(getattr(network, name)) for j in range(len(stage))]
        modules |= {layer: f"{name}{number}." for number, layer in enumerate(layers)}
    for name, theirs in (("g_a_c", "g"), ("h_a_c", "h"), ("g_s_c", "gs")):
        modules |= {f"{name}.{i}.": f"qmap_feature_{theirs}{i + 1}." for i in range(len(getattr(network, name)))}
    names = {}
    for key in network.state_dict():
        module = next(module for module in modules if key.startswith(module))
        names[key] = modules[module] + key.removeprefix(module)
    return names

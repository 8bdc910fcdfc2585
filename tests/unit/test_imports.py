"""What the contracts of `lint-imports` cannot say about imports."""

import grimp

from qmap_studio.codec.registry import FAMILIES


def test_no_module_imports_a_package_that_holds_it() -> None:
    """So no circle runs through a package's __init__; all others the contracts find."""
    graph = grimp.build_graph("qmap_studio", cache_dir=None)
    found = [
        f"{module} imports {imported}"
        for module in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if module.startswith(f"{imported}.") and imported != "qmap_studio"  # whose version anything may tell
    ]
    assert found == []


def test_families_of_models_know_what_they_share_and_not_each_other() -> None:
    """So that one can be added or taken away alone: of what lies beside its folder it imports `common`."""
    graph, codec = grimp.build_graph("qmap_studio", cache_dir=None), "qmap_studio.codec"
    folders = {f"{codec}.{family.family_id}" for family in FAMILIES}
    assert folders < graph.find_children(codec)
    found = [
        f"{module} imports {imported}"
        for folder in sorted(folders)
        for module in sorted({folder} | graph.find_descendants(folder))
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if imported.startswith(f"{codec}.") and not imported.startswith((f"{folder}.", f"{codec}.common."))
    ]
    shared = [
        f"{module} imports {imported}"
        for module in sorted(graph.find_descendants(f"{codec}.common"))
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if imported.startswith(tuple(f"{folder}." for folder in folders))
    ]
    assert found + shared == []

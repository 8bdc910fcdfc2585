"""What the contracts of `lint-imports` cannot say about imports."""

import grimp


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

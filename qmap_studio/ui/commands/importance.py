"""What the model itself finds important: over the photo, at several qualities, and as a map to start from."""

from collections.abc import Callable

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.commands.command import App, Command, has_document
from qmap_studio.ui.importance import Kind

STAGE_TIP = N_("Which stage of the encoder is shown, and which one a map is made from")


def _command(
    name: str,
    text: str,
    key: str,
    tip: str,
    run: Callable[[App], object],
    *,
    menu: str = "Importance",
    checked_when: Callable[[App], bool] | None = None,
    group: str = "",
    line_above: bool = False,
) -> Command:
    """One that needs a model which learns what is important; without it the tip says so."""

    def tip_now(app: App) -> str:
        model = app.importance.model_id
        if app.importance.is_offered or not model:
            return tr(tip)
        reason = tr("The model {model} does not learn what is important; choose sigvic2023 in the menu Codec.")
        return reason.format(model=model)

    return Command(
        name,
        menu,
        text,
        run,
        keys=(key,),
        tip=tip,
        enabled_when=lambda app: has_document(app) and app.importance.is_offered,
        checked_when=checked_when,
        tip_now=tip_now,
        group=group,
        line_above=line_above,
    )


def _overlay(kind: Kind, text: str, key: str, tip: str) -> Command:
    return _command(
        f"importance_{kind}",
        text,
        key,
        tip,
        lambda app: app.importance.toggle(kind),
        checked_when=lambda app: app.importance.kind == kind,
    )


def _stage(side_px: int, text: str, key: str, *, line_above: bool = False) -> Command:
    return _command(
        f"importance_stage_{side_px}",
        text,
        key,
        STAGE_TIP,
        lambda app: app.importance.show_stage(side_px),
        checked_when=lambda app: app.importance.side_px == side_px,
        group="importance_stage",
        line_above=line_above,
    )


def _start(app: App) -> None:
    from qmap_studio.engine import MapFromImportance

    job = MapFromImportance(app.importance.side_px, app.importance.kind or "mask")
    app.importance.show(None)  # the map is what one wants to see next
    app.controller.find_map(job, N_("Start from importance"))


START_FROM_IMPORTANCE = _command(
    "start_from_importance",
    N_("Start &from Importance"),
    "Ctrl+Shift+I",
    N_("The mask becomes the map, to be painted on; or the scale factors, where those are shown"),
    _start,
    menu="Map",
)

COMMANDS = (
    _overlay(
        "mask",
        N_("Importance &Mask"),
        "Ctrl+5",
        N_("What the model itself lets through, over the photo in the place of the quality map"),
    ),
    _overlay(
        "scale",
        N_("&Scale Factors"),
        "Ctrl+6",
        N_("How finely the model itself codes what is where, over the photo in the place of the quality map"),
    ),
    _stage(2, N_("Stage &1: Squares of 2 px"), "Alt+1", line_above=True),
    _stage(4, N_("Stage &2: Squares of 4 px"), "Alt+2"),
    _stage(8, N_("Stage &3: Squares of 8 px"), "Alt+3"),
    _stage(16, N_("Stage &4: Squares of 16 px, as They Are Coded"), "Alt+4"),
    _command(
        "importance_study",
        N_("At Three &Qualities…"),
        "Ctrl+7",
        N_("Importance, scale factors and bits under three uniform maps, side by side"),
        lambda app: app.importance_study.begin(),
        line_above=True,
    ),
)

"""What the engine delivers, to whom it belongs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.device_name import device_name

if TYPE_CHECKING:
    from qmap_studio.core.pictures import Picture
    from qmap_studio.document import Document
    from qmap_studio.engine import Result
    from qmap_studio.ui.opening import Attached, Opened, ReadyComparison


class Results:
    """Of a document in front, of one behind, or of none that is open any more."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def take(self, result: "Result | Opened | Attached | ReadyComparison") -> None:
        """Does with a result what it is for."""
        from qmap_studio import engine
        from qmap_studio.ui.opening import Attached, Opened, ReadyComparison

        controller = self._controller
        match result:
            case engine.LiveResult(picture=picture):
                # An answer may still be on its way when another photo is opened.
                if controller.document is not None and picture is controller.document.picture:
                    if result.figures is not None and controller.documents.front is not None:
                        controller.documents.front.size_bytes = result.figures.size_bytes
                    controller.live_result_arrived.emit(result)
                    if not controller.is_current(result.revision):
                        controller.outdate_figures()
            case engine.EngineReady(device=device, model_id=model_id, notices=notices):
                controller.has_codec, controller.can_be_thorough = True, result.can_be_thorough
                for item in controller.documents.all:
                    item.size_bytes = None
                    item.buffers.clear()  # what they show is of another codec
                controller.codec_changed.emit(model_id)
                controller.outdate_figures()
                controller.engine_state_changed.emit(f"{model_id} · {device_name(device)}")
                for notice in notices:
                    controller.notice_given.emit(notice)
            case engine.EngineFailed(message=message):
                controller.has_codec = False
                controller.engine_state_changed.emit(tr("No codec"))
                controller.failed.emit(message)
            case engine.Notice(text=text):
                controller.notice_given.emit(text)
            case Opened():
                controller.take(result)
            case Attached():
                controller.attach_photo(result)
            case engine.PictureInQuestion():
                controller.picture_in_question.emit(result)
            case engine.MapFound(picture=picture):
                item = controller.documents.of_picture(picture)
                if controller.search.take(result, item and item.document) and item is controller.documents.front:
                    controller.tell_pending()  # also of a map that is the one before
            case engine.MapImported(picture=picture, values=values, name=name):
                self._edit(picture, lambda document: document.replace(values, N_("Import map"), name))
            case engine.BoundsImported(picture=picture, bounds=bounds):
                self._edit(picture, lambda document: document.replace_bounds(bounds, N_("Import region")))
            case engine.AnnotationsRead(picture=picture):
                item = controller.documents.of_picture(picture)
                if item is not None:
                    if result.rules is None:
                        controller.show(item)  # they are seen before they are taken
                    controller.annotations_read.emit(result)
            case ReadyComparison():
                controller.compared.emit(result)
            case engine.JobProgress():
                controller.jobs.on_progress(result)
            case engine.JobDone() | engine.JobFailed() | engine.JobCancelled():
                controller.search.end(result.job_id)
                controller.jobs.on_ended(result)

    def _edit(self, picture: "Picture", change: "Callable[[Document], object]") -> None:
        """Changes the document of a picture, unless it is closed by now."""
        item = self._controller.documents.of_picture(picture)
        if item is not None:
            self._controller.edit_of(item.document, change)

import threading

from pytestqt.qtbot import QtBot

from qmap_studio.engine import Notice
from qmap_studio.ui.bridge import EngineBridge
from tests.ui.conftest import FakeEngine


def test_results_arrive_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    bridge = EngineBridge(FakeEngine)  # type: ignore[arg-type]
    threads: list[threading.Thread] = []
    bridge.result_delivered.connect(lambda _result: threads.append(threading.current_thread()))
    with qtbot.waitSignal(bridge.result_delivered) as arrived:
        worker = threading.Thread(target=bridge.engine.deliver, args=(Notice("Hello."),))
        worker.start()
    worker.join()
    assert arrived.args == [Notice("Hello.")]
    assert threads == [threading.main_thread()]


def test_nothing_arrives_after_stop(qtbot: QtBot) -> None:
    bridge = EngineBridge(FakeEngine)  # type: ignore[arg-type]
    bridge.start()
    bridge.stop()
    with qtbot.assertNotEmitted(bridge.result_delivered, wait=0):
        bridge.engine.deliver(Notice("Too late."))
    assert not bridge.engine.is_running

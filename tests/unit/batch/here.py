"""A worker in the process of the tests, and who follows a run."""

from qmap_studio.batch.coder import Coder
from qmap_studio.core.errors import Cancelled


class Here:
    """One worker, in this very process.

    Attributes:
        done: places of the photos that were begun, in order.
        before: called with each task before it is done.
    """

    count = 1

    def __init__(self):
        self.done = []
        self.before = lambda _task: None

    def outcomes(self, tasks, is_stopped):
        def checkpoint(_share):
            if is_stopped():
                raise Cancelled

        coder = Coder("live", "cpu")
        for task in tasks:
            if is_stopped():
                return
            self.done.append(task.place)
            self.before(task)
            try:
                yield task, coder.do(task, checkpoint)
            except Cancelled:
                return

    def close(self):
        pass


class Told:
    """What a run told whoever follows it."""

    def __init__(self):
        self.photos = self.before = None
        self.outcomes = []

    def listed(self, totals):
        self.photos, self.before = totals.photos, totals.before

    def ended(self, outcome, _totals):
        self.outcomes.append(outcome)

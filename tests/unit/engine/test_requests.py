"""What holds for every job that can be asked of the engine."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from qmap_studio.engine import jobs
from qmap_studio.engine.jobs import Job
from qmap_studio.engine.results import JobResult

NAMED = [getattr(jobs, name) for name in jobs.__all__]
JOBS = [named for named in NAMED if issubclass(named, Job) and named is not Job]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_frozen_and_holds_choices_alone(job: type[Job]):
    request = job(**{field.name: "chosen" for field in fields(job)})
    for name in ("is_of_map", "needs_codec", "chosen"):
        with pytest.raises(FrozenInstanceError):
            setattr(request, name, True)
    assert request == job(**{field.name: "chosen" for field in fields(job)})


def test_every_job_that_there_is_can_be_asked_for():
    assert set(Job.__subclasses__()) == set(JOBS)
    assert len({job.__module__ for job in JOBS}) == len(JOBS)


def test_what_a_job_brings_is_frozen_and_carries_its_number():
    brought = [named for named in NAMED if issubclass(named, JobResult)]
    assert brought
    for result in brought:
        assert is_dataclass(result)
        assert fields(result)[0].name == "job_id"

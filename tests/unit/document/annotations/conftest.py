import pytest
from made_annotations import Files


@pytest.fixture
def files(tmp_path):
    """Writes annotation files and reads them."""
    return Files(tmp_path)

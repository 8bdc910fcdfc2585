"""Rules as TOML: what is written is read, and what makes no sense is told with its key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.errors import RulesError
from qmap_studio.document.annotations.rules import ClassRule, Length, Outline, Overlap, Rules
from qmap_studio.document.annotations.rules_file import read_rules, rules_text, write_rules

qualities = st.integers(0, 10000).map(lambda n: n / 10000)
class_rules = st.builds(ClassRule, qualities, st.none(), st.booleans()) | st.builds(
    ClassRule, st.just(0.9), st.integers(0, 8), st.booleans()
)
lengths = st.builds(Length, st.integers(0, 400).map(float), st.booleans())
all_rules = st.builds(
    Rules,
    classes=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12), class_rules, max_size=5
    ).map(lambda held: tuple(held.items())),
    others=class_rules,
    score=qualities,
    padding=lengths,
    feather=lengths,
    outline=st.sampled_from(Outline),
    overlap=st.sampled_from(Overlap),
    rest=st.none() | qualities,
    heat=st.tuples(qualities, qualities),
)


@given(all_rules)
def test_what_is_written_is_read(tmp_path_factory, rules):
    path = tmp_path_factory.getbasetemp() / "rules.toml"
    write_rules(path, rules)
    assert read_rules(path) == rules


def test_a_person_may_write_little(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('rest = 0.1\n[classes]\nface = 0.2\nplate = "lossless"\nsky = "OFF"\nwire = "within 2"\n')
    rules = read_rules(path)
    assert rules.rest == 0.1
    assert rules.of("face") == ClassRule(0.2)
    assert rules.of("plate") == ClassRule(bound=0)
    assert rules.of("wire") == ClassRule(bound=2)
    assert not rules.of("sky").is_on
    assert rules.of("car") == ClassRule(0.9)
    assert rules.feather == Length(16)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("score = 2", "score: expected a number from 0 to 1"),
        ("score = nan", "score: expected a number from 0 to 1"),
        ('padding = "1 cm"', 'padding: expected .* "px" or "%"'),
        ('padding = "1.2.3 px"', "padding: expected"),
        ("feather = -1", "feather: expected 0 to 500"),
        ('shape = "circle"', 'shape: expected one of "polygon", "box", "ellipse"'),
        ("classes = 1", "classes: expected a table"),
        ("[classes]\nface = 1.5", "face: expected a quality from 0 to 1"),
        ('[classes]\nface = "within 9"', "face: expected a quality"),
        ('[classes]\nface = "off, off, off"', "face: expected a quality"),
        ("heat = [0, 2]", "heat: expected two numbers"),
        ("threshold = 1", "threshold: there is no such key; expected score, padding"),
        ("score =", "is no TOML"),
    ],
)
def test_what_has_no_meaning_is_told_with_its_key(tmp_path, text, sentence):
    path = tmp_path / "my rules.toml"
    path.write_text(text)
    with pytest.raises(RulesError, match=sentence) as told:
        read_rules(path)
    assert "my rules.toml" in str(told.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(RulesError, match="Cannot read the rules"):
        read_rules(tmp_path / "nothing.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match="is no TOML"):
        read_rules(tmp_path / "binary.toml")


def test_the_text_is_for_people():
    text = rules_text(Rules((("sky", ClassRule(0.3, is_on=False)), ("plate", ClassRule(bound=0))), rest=0.1))
    assert 'feather = "16 px"' in text
    assert 'sky = "off, 0.3"' in text
    assert 'plate = "lossless"' in text

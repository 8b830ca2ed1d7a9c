"""What moved between two stores of one table, against the promised accuracy."""

from __future__ import annotations

import json
import shutil

import pytest

JUDGE = """def judge(found, direct):
    total = direct.sum(axis=1, keepdims=True)
    change = np.abs(found.sum(axis=1, keepdims=True) - total) / total
    return np.repeat(change, 2, axis=1)


"""


@pytest.fixture
def other(workshop, build, tmp_path):
    """Build a variant of the trial recipe: its store."""

    def make(name, *changes):
        module = workshop.recipe(name, *changes)
        code, out, err = build(module, "run", "trial", "--out", tmp_path / name, "--points", 600, "--keep-values")
        assert code == 0, out + err
        return tmp_path / name / "trial" / "v1"

    return make


def diff(build, module, first, second):
    """Exit status, the difference as a dictionary, stderr."""
    code, out, err = build(module, "diff", first, second, "--json")
    return code, json.loads(out) if out else {}, err


def test_a_store_does_not_differ_from_its_copy(finished, trial, build, tmp_path):
    """Expected: exit 0, nothing changed, 384 nodes of each label and component moved by nothing."""
    shutil.copytree(finished / "trial", tmp_path / "trial")
    code, found, _ = diff(build, trial, finished / "trial", tmp_path / "trial")
    assert code == 0
    assert found["changes"] == []
    assert [item["points"] for item in found["moved"]] == [384] * 4
    assert all(item["largest"] == 0.0 for item in found["moved"])
    assert all(item["stated_before"] == item["stated_after"] > 0.0 for item in found["moved"])


def test_a_scaled_component_moved_by_its_factor(finished, trial, build, other):
    """Expected: `times` moved by 3e-4 = 3 times the promised 1e-4 at every node, `over` not; the source changed."""
    scaled = other("scaled", ("out[0] = total", "out[0] = 1.0003 * total"))
    code, found, _ = diff(build, trial, finished / "trial", scaled)
    assert code == 1
    assert found["changes"] == ["source of the recipe or of something it imports"]
    for item in found["moved"]:
        if item["component"] == "times":
            assert item["largest"] == pytest.approx(3e-4, rel=0.01)
            assert item["beyond"] == item["points"] == 384
        else:
            assert item["largest"] == 0.0
            assert item["beyond"] == 0
    text = build(trial, "diff", finished / "trial", scaled)[1]
    assert "3 x promised" in text
    assert "384 of 384 nodes beyond the promise" in text
    assert "a = " in text


def test_a_finer_grid_differs_by_less_than_the_promise(finished, trial, build, other):
    """Expected: the same integral on other nodes, so that lookups agree within 1e-4; the axes are named as changed, and the
    errors that the finer store states are smaller.
    """
    finer = other("finer", ("math.log(10.0), 24)", "math.log(10.0), 37)"))
    code, found, _ = diff(build, trial, finished / "trial", finer)
    assert code == 0
    assert "description: axes" in found["changes"]
    assert all(0.0 < item["largest"] < 1e-4 for item in found["moved"])
    assert all(item["stated_after"] < item["stated_before"] for item in found["moved"])
    assert build(trial, "diff", finished / "trial", finer)[1].count("; stated errors at most") == 4


def test_a_narrower_range_is_reported(finished, trial, build, other):
    """Expected: exit 1; nodes with a > 5 GeV are 24 - 1 - floor(23 ln 50 / ln 100) = 4 of 24, times 16 of b."""
    narrow = other("narrow", ('"a", "GeV", 0.1, 10.0', '"a", "GeV", 0.1, 5.0'), ("math.log(10.0), 24)", "math.log(5.0), 24)"))
    code, found, _ = diff(build, trial, finished / "trial", narrow)
    assert code == 1
    assert {item["outside"] for item in found["moved"]} == {4 * 16}
    assert "64 nodes not covered" in build(trial, "diff", finished / "trial", narrow)[1]


def test_a_recipe_that_judges_itself_is_compared_by_its_own_measure(workshop, build, other):
    """Expected: its measure is the change of the sum of both components over their sum, the same for both of them."""
    judge = ("def data(label)", JUDGE + "def data(label)")
    first = other("judging", judge)
    second = other("judging_scaled", judge, ("out[0] = total", "out[0] = 1.0003 * total"))
    code, found, _ = diff(build, workshop.recipe("judging", judge), first, second)
    assert code == 1
    b = 2.0
    largest = 3e-4 * b / (b + 1.0 / b)
    assert [item["largest"] for item in found["moved"]] == [pytest.approx(largest, rel=0.01)] * 4


def test_a_lost_label_is_reported(finished, trial, build, other):
    """Expected: exit 1 and the label named."""
    fewer = other("fewer", ('("one", "two")', '("one",)'), ("((1.0,), (2.0,))", "((1.0,),)"))
    code, found, _ = diff(build, trial, finished / "trial", fewer)
    assert code == 1
    assert found["lost"] == ["label 'two'"]


def test_stores_of_other_inputs_are_refused(finished, trial, build, other):
    """Expected: exit 2; an input in MeV is another input."""
    mega = other("mega", ('Input("a", "GeV"', 'Input("a", "MeV"'))
    code, _, err = diff(build, trial, finished / "trial", mega)
    assert code == 2
    assert "MeV" in err
    assert "inputs" in err


def test_what_is_no_store_is_named(finished, trial, build, tmp_path):
    """Expected: exit 1 with the path, exit 2 for an unknown name."""
    code, _, err = diff(build, trial, finished / "trial", tmp_path)
    assert code == 1
    assert str(tmp_path) in err
    code, _, err = diff(build, trial, finished / "trial", "trail")
    assert code == 2
    assert "trail" in err

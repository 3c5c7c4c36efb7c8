"""`dartslab methods`, `dartslab methods check` and `dartslab rank`, and a method of one's own in `dartslab search`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import toy_methods
from command_lines import SMALL, refused, run
from dartslab import METHODS, Genotype, Record, SearchConfig, SearchState, random_genotype
from dartslab.base.by_file import ByFile
from dartslab.base.messages import UserError
from dartslab.derive import kept_entries
from dartslab.methods.method import Number, Stop
from dartslab.methods.rankings import RANKINGS
from dartslab.run import method_table
from dartslab.run.method_table import changes_of, count_steps, describe_method, describe_number
from dartslab.run.record import CHECKPOINT

OWN = """from dartslab.methods.method import Method
from dartslab.relaxation import softmax

def cool(arch, moment):
    return softmax(arch, 5 - 4 * moment.progress)

METHOD = Method("cooled", "nobody, a test", weights=cool, defaults={"radius": 0.5})
"""
SPACE = ["--nodes", "1", "--operations", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "--image-size", "8"]
RANK = ["rank", "--data", "fashion-mini", "--channels", "2", "--batch-size", "8", *SPACE]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return path


@pytest.fixture
def numbered() -> Iterator[None]:
    """METHODS knows one that waits for 15 of the 50 epochs of its paper."""
    METHODS["numbered"] = replace(
        METHODS["darts"],
        name="numbered",
        frozen=lambda progress: progress < 0.3,
        defaults={"epochs": 50, "weight_decay": 6e-4},
        numbers=(Number("alpha waits", "15 of 50 epochs", 0.3), Number("strength", "0.85")),
    )
    yield
    del METHODS["numbered"]


def test_the_table_names_every_method_and_every_ranking(capsys) -> None:
    said = run(capsys, "methods", "--preset", "lesson")
    for name, kind in [*((name, "method") for name in METHODS), *((name, "ranking") for name in RANKINGS)]:
        assert f"\n{name:<16}{kind}" in f"\n{said}"
    assert "Liu, Simonyan, Yang 2019" in said and "1 forward and 0 backward passes of the cell's own network" in said


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--preset", "lesson"], "alpha waits: 15 of 50 epochs; here about 42 of 141 steps (0.9 of 3 epochs)"),
        (["--data", "fashion-mini"], "here about 42 of 141 steps"),
        (["--preset", "lesson", "--epochs", "10"], "here 141 of 470 steps (3 of 10 epochs)"),
        ([], "here 5865 of 19550 steps (15 of 50 epochs)"),
        (["--preset", "lesson"], "epochs 50 (here 3); weight_decay 0.0006\n"),
        ([], "epochs 50; weight_decay 0.0006\n"),
        (["--preset", "lesson"], "numbers  strength: 0.85\n"),
        (["--preset", "lesson"], "changes  frozen\n"),
        (["--preset", "lesson", "--steps", "30"], "but      numbered: alpha waits in all 30 steps"),
    ],
)
def test_a_paper_number_is_printed_with_what_it_becomes(numbered: None, capsys, flags, sentence: str) -> None:
    assert sentence in run(capsys, "methods", *flags)


def test_the_length_is_that_of_the_search(numbered: None) -> None:
    config = SearchConfig.lesson(method="numbered")
    assert count_steps(config) == 141 == 3 * 47
    assert count_steps(SearchConfig.published()) == 50 * 391


def test_a_method_that_refuses_the_search_is_listed_with_its_sentence(capsys) -> None:
    def fussy(config: SearchConfig) -> None:
        raise UserError("fussy needs 8 channels; take 8.")

    METHODS["fussy"] = replace(METHODS["darts"], name="fussy", check=fussy)
    try:
        assert "but      refused: fussy needs 8 channels; take 8." in run(capsys, "methods", "--preset", "lesson")
    finally:
        del METHODS["fussy"]


@pytest.mark.parametrize(
    ("method", "changes"),
    [
        (toy_methods.SAMPLED, ("weights", "derive")),
        (toy_methods.WEIGHED, ("weights", "penalty", "edge_parameters", "frozen", "keep")),
        (toy_methods.STOPPED, ("stop",)),
        (toy_methods.CHOSEN, ("choices",)),
        (METHODS["darts"], ()),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
def test_what_a_method_changes_is_read_off_its_fields(method, changes: tuple[str, ...]) -> None:
    assert changes_of(method) == changes


def test_a_stop_that_cannot_fire_is_in_the_table() -> None:
    hasty = replace(METHODS["darts"], name="hasty", stop=Stop("x", lambda *given: 0.0, 0.5, lambda values: None, 3))
    row = describe_method(hasty, SearchConfig.lesson())
    assert len(row.idle) == 1 and "the early stop needs 3 measurements of x" in row.idle[0]


@pytest.mark.parametrize(
    ("alpha_waits", "whole", "words"),
    [
        (0, False, "stage: 5 of 50 epochs; here 9 of 90 steps (0.3 of 3 epochs)"),
        (2, False, "stage: 5 of 50 epochs; here 3 of 30 steps after 60 in which alpha waits (0.1 of 1 epoch)"),
        (2, True, "stage: 5 of 50 epochs; here 9 of 90 steps (0.3 of 3 epochs)"),
    ],
)
def test_a_length_is_told_in_steps_of_this_search(alpha_waits: int, whole: bool, words: str) -> None:
    config = SearchConfig.lesson(epochs=3, alpha_waits=alpha_waits)
    assert describe_number(Number("stage", "5 of 50 epochs", 0.1, whole), config, 90) == words


def test_pictures_are_counted_without_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method_table, "load_data", None)
    method_table.count_pictures.cache_clear()
    assert count_steps(SearchConfig.published(data="cifar100")) == 50 * 391


@pytest.mark.parametrize("words", [["check"], ["darts"], ["check", "a", "b"]], ids=" ".join)
def test_other_words_are_refused_with_what_may_stand_there(words: list[str]) -> None:
    said = refused("methods", *words)
    assert "give nothing for the table, or `check` and the file of your method" in said


def broken(method) -> None:
    raise UserError(f"{method.name} is broken.")


def raises(method) -> None:
    raise ZeroDivisionError("division by zero")


def test_checks_run_on_a_file_of_ones_own(mine: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("dartslab.run.check_method.CHECKS", {"one": seen.append, "two": seen.append})
    assert run(capsys, "methods", "check", mine) == "ok   one\nok   two\n"
    assert [method.name for method in seen] == ["cooled", "cooled"]


def test_every_check_is_run_though_one_fails(mine: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {"one": broken, "two": lambda method: None, "three": raises}
    monkeypatch.setattr("dartslab.run.check_method.CHECKS", checks)
    with pytest.raises(SystemExit) as left:
        run(capsys, "methods", "check", mine)
    assert left.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["no   one: cooled is broken.", "ok   two", "no   three: ZeroDivisionError: division by zero"]


def test_a_check_names_the_line_in_which_a_method_fails(mine: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.write_text(OWN.replace("5 - 4 * moment.progress", "1 / 0"))
    checks = {"weights": lambda method: method.weights(None, None)}
    monkeypatch.setattr("dartslab.run.check_method.CHECKS", checks)
    with pytest.raises(SystemExit):
        run(capsys, "methods", "check", mine)
    assert capsys.readouterr().out == f"no   weights: ZeroDivisionError: division by zero, line 5 of {mine}\n"


@pytest.mark.long
def test_a_good_method_of_ones_own_passes_all_checks(mine: Path, capsys) -> None:
    assert "no " not in run(capsys, "methods", "check", mine)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "there is no file"),
        ("import nothing_like_it", "cannot be imported (ModuleNotFoundError"),
        ("a = 1", "defines no METHOD"),
        ("METHOD = 3", "is of type int, not a Method"),
        (
            "RANKING = 3",
            "mine.py is a ranking: it scores cells without a search; use `dartslab rank --ranking ",
        ),
        (
            OWN.replace("cool,", "cool, cell=dict,"),
            "`cell` must give a class of cells, made from SearchCell, got <class 'd",
        ),
        (OWN.replace("cool,", "cool, cell=lambda configuration: 3,"), "`cell` must give a class of cells"),
        (OWN.replace('{"radius": 0.5}', '{"steps": -1}'), "the defaults of"),
        (
            OWN.replace("softmax(arch, 5 - 4 * moment.progress)", "[1, 2]"),
            "mixing weights in phase 'alpha', at 0% of the search, must be a table for each of the kinds normal, "
            "reduce, got a list",
        ),
        (
            OWN.replace("softmax(arch, 5 - 4 * moment.progress)", "{k: t[:, :2] for k, t in arch.alpha.items()}"),
            "cooled: mixing weights of kind 'normal' in phase 'alpha', at 0% of the search, must be a tensor of shape "
            "(2, 3), a row for each edge and a column for each operation, got (2, 2); mend the method's `weights`.",
        ),
        (
            OWN.replace("softmax(arch, 5 - 4 * moment.progress)", "{'normal': arch.alpha['normal']}"),
            "must be a table for each of the kinds normal, reduce, got 'normal'",
        ),
        (OWN.replace("radius", "radios"), "mine.py sets radios, which SearchConfig does not have; mend its defaults."),
        (OWN.replace('{"radius": 0.5}', '["radius"]'), "must be {setting: value}, got ['radius']; mend them."),
        (OWN + "    .nothing", "cannot be imported (IndentationError"),
        (OWN.replace("cool,", "cool, keep=((0.5, 0),),"), "how many operations stay on an edge, at least 1 and later"),
        (
            OWN + "\ndef check(config):\n    return config.nothing\nMETHOD = Method('cooled', '', check=check)",
            "mine.py failed in line 10 (AttributeError: 'SearchConfig' object has no attribute 'nothing'); mend it",
        ),
        (
            OWN.replace("softmax(arch, 5 - 4 * moment.progress)", "{k: t.double() for k, t in arch.alpha.items()}"),
            "cooled: mixing weights of kind 'normal' in phase 'alpha', at 0% of the search, must be torch.float32 as "
            "alpha is, got torch.float64",
        ),
        (OWN.replace("def cool(arch, moment)", "def cool(arch)"), "weights is called with (arch, moment), and takes"),
        (OWN.replace("cool,", "cool, stop=3,"), "cooled: stop must be a Stop(...) or None, got 3."),
        (OWN.replace("cool,", "cool, frozen=True,"), "cooled: frozen must be a function of (progress), got True."),
    ],
    ids=[
        *(
            "missing",
            "import",
            "lacks",
            "type",
            "ranking",
            "cell",
            "cells",
            "bad",
            "no weights",
            "shape",
            "kinds",
            "settings",
            "defaults",
            "indent",
        ),
        *("keep", "check", "float64", "arguments", "stop", "no function"),
    ],
)
def test_a_file_that_is_no_method_is_refused_in_one_sentence(
    tmp_path: Path, mine: Path, text: str | None, sentence: str
) -> None:
    mine.unlink() if text is None else mine.write_text(text)
    assert sentence in refused("search", "--out", tmp_path / "a", *SMALL, "--method", mine)


def test_a_search_with_ones_own_method_is_recorded_and_resumed(mine: Path, tmp_path: Path, capsys) -> None:
    first, both = tmp_path / "first", tmp_path / "both"
    run(capsys, "search", "--out", both, *SMALL, "--steps", "6", "--method", mine)
    run(capsys, "search", "--out", first, *SMALL, "--steps", "3", "--method", mine)
    run(capsys, "search", "--out", first, "--resume", "--steps", "6")
    one, two = Record.load(first), Record.load(both)
    assert one.config["method"] == two.config["method"] == METHODS.pin(str(mine)) and one.config["radius"] == 0.5
    np.testing.assert_array_equal(one.columns["train_loss"], two.columns["train_loss"])
    np.testing.assert_array_equal(one.mixing_weights("normal"), two.mixing_weights("normal"))
    hottest = np.exp(one.alpha("normal")[0] / (5 - 4 * 1 / 47))  # the temperature after the first of 47 steps
    np.testing.assert_allclose(one.mixing_weights("normal")[0], hottest / hottest.sum(-1, keepdims=True), rtol=1e-5)


LATE = """from dartslab.methods.method import Method
from dartslab.relaxation import softmax

def weights(arch, moment):
    late = moment.step > 3 or moment.progress > 0.1
    return {k: LATER if late else t for k, t in softmax(arch).items()}

METHOD = Method("late", "nobody, a test", weights=weights)
"""


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        ("1 / 0", "mine.py failed in line 6 (ZeroDivisionError: division by zero); {out} keeps the steps before it"),
        ("exit(0)", "mine.py failed in line 6 (SystemExit: 0); {out} keeps the steps before it"),
        (
            "t[1:]",
            "late: mixing weights of kind 'normal' in phase 'look', at 9% of the search, must be a tensor of shape",
        ),
        ("t / 0 * 0", "late: mixing weights of kind 'normal' are not finite after step 4; mend the method's `weights`"),
    ],
    ids=["raises", "exits", "shape", "finite"],
)
def test_a_method_that_fails_in_the_middle_ends_in_one_sentence_and_keeps_the_steps_before(
    mine: Path, tmp_path: Path, later: str, sentence: str
) -> None:
    mine.write_text(LATE.replace("LATER", later))
    said = refused("search", "--out", tmp_path / "a", *SMALL, "--steps", "9", "--method", mine)
    assert sentence.format(out=tmp_path / "a") in said and "\n" not in said.strip()
    assert Record.load(tmp_path / "a").columns["step"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("penalty=lambda arch, weights, moment: arch.alpha['normal']", "the penalty must be one number, a tensor of"),
        ("derive=lambda space, weights: None", "late must derive a Genotype, got None; mend the method's `derive`."),
    ],
    ids=["penalty", "derive"],
)
def test_what_else_a_method_gives_is_looked_at_too(mine: Path, tmp_path: Path, change: str, sentence: str) -> None:
    mine.write_text(LATE.replace("weights=weights", change))
    assert sentence in refused("search", "--out", tmp_path / "a", *SMALL, "--method", mine)


def test_a_mistake_of_the_library_is_not_laid_upon_a_method(mine: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("dartslab.run.search.weight_step", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(None, "search", "--out", tmp_path / "a", *SMALL, "--method", mine)


def test_a_file_named_without_its_ending_or_a_method_in_capitals_is_told_the_name(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mine.parent)
    said = refused("search", "--out", tmp_path / "a", *SMALL, "--method", "mine")
    assert said == "dartslab: unknown method 'mine'; a file is named with its ending: mine.py."
    assert "Did you mean 'pc-darts'?" in refused("search", "--out", tmp_path / "a", *SMALL, "--method", "PC-DARTS")


@pytest.mark.parametrize("change", ["moved", "changed"])
def test_a_search_whose_method_was_moved_or_changed_does_not_go_on(
    mine: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL, "--steps", "2", "--method", mine)
    mine.rename(tmp_path / "elsewhere.py") if change == "moved" else mine.write_text(OWN + "\n# more")
    monkeypatch.setattr(METHODS, "_own", {})  # as in a new process
    said = refused("search", "--out", tmp_path / "a", "--resume", "--steps", "3")
    sentence = {
        "moved": f"there is no file {mine} that this run was started with; put it back there.",
        "changed": f"{mine} was changed since this run was started; put the file back as it was, or start again",
    }[change]
    assert sentence in said
    assert len(Record.load(tmp_path / "a")) == 2  # the record opens without the method


def test_a_ranking_is_not_searched_with(tmp_path: Path) -> None:
    said = refused("search", "--out", tmp_path / "a", *SMALL, "--method", "naswot")
    assert said == (
        "dartslab: naswot is a ranking: it scores cells without a search; use `dartslab rank --ranking naswot`."
    )


def test_cells_are_printed_with_their_numbers_the_best_first(tmp_path: Path, capsys) -> None:
    out = tmp_path / "best.json"
    said = run(capsys, *RANK, "--ranking", "parameters", "--cells", "4", "--first", "10", "--out", out).splitlines()
    lines = [line.split(maxsplit=2) for line in said[1:-1]]
    space = SearchConfig.quick(operations=SPACE[3:6]).space
    scores = {int(number): float(score) for number, score, _ in lines}
    assert sorted(scores) == [10, 11, 12, 13] and list(scores.values()) == sorted(scores.values(), reverse=True)
    best = int(lines[0][0])
    assert Genotype.from_text(out.read_text()) == random_genotype(space, best)
    assert lines[0][2] == "; ".join(random_genotype(space, best).to_lines())


@pytest.mark.parametrize("name", [name for name in RANKINGS if not RANKINGS[name].searched])
def test_the_same_seed_prints_the_same_scores(name: str, capsys) -> None:
    said = run(capsys, *RANK, "--ranking", name, "--cells", "2", "--seed", "7")
    assert f"{name}, seed 7" in said and said == run(capsys, *RANK, "--ranking", name, "--cells", "2", "--seed", "7")


def test_a_ranking_may_be_named_without_its_flag(capsys) -> None:
    few = ("--cells", "2")
    assert run(capsys, "rank", "parameters", *RANK[1:], *few) == run(capsys, *RANK, "--ranking", "parameters", *few)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "rank takes one ranking, got none; give its name, as in `dartslab rank naswot`, allowed are "),
        (["naswot", "--ranking", "parameters"], "rank takes one ranking, got naswot, parameters; give its name"),
        (["naswot", "synflow"], "rank takes one ranking, got naswot, synflow; give its name"),
        (["naswott"], "unknown ranking 'naswott'; allowed are: naswot, "),
    ],
)
def test_one_ranking_is_named_and_else_a_sentence_says_how(words: list[str], sentence: str) -> None:
    assert sentence in refused("rank", *words)


def test_a_folder_without_a_search_is_told_what_is_missing(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        assert refused("rank", "random-shared", "--search", folder) == (
            f"dartslab: {folder} holds no search (checkpoint.pt is missing); "
            "give --search the folder that a search was given with --out."
        )


def test_tied_cells_are_ranked(tmp_path: Path, capsys) -> None:
    run(capsys, *RANK, "--tied", "--ranking", "parameters", "--cells", "2", "--out", tmp_path / "best.json")
    assert Genotype.from_text((tmp_path / "best.json").read_text()).tied


def test_a_supernet_scores_the_cells_of_its_search(tmp_path: Path, capsys) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL, "--steps", "2")
    said = run(capsys, "rank", "--ranking", "random-shared", "--search", tmp_path / "a", "--cells", "2")
    assert len(said.splitlines()) == 3 and "random-shared, seed 2" in said


@pytest.mark.parametrize("ranking", ["random-shared", "parameters"])
def test_cells_of_a_tied_search_are_one_for_both_kinds(ranking: str, tmp_path: Path, capsys) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL, "--tied", "--steps", "2")
    state = SearchState.load(tmp_path / "a" / CHECKPOINT)
    said = run(capsys, "rank", "--ranking", ranking, "--search", tmp_path / "a", "--cells", "2").splitlines()
    for line in said[1:]:
        number, score, told = line.split(maxsplit=2)
        cell = random_genotype(state.config.space, int(number))
        assert cell.tied and [told] == cell.to_lines() and told.startswith("both kinds: 2 <- ")
        if ranking == "random-shared":  # the one table is that of all cells
            one = torch.from_numpy(kept_entries(state.config.space, cell.normal)).float()
            assert float(score) == pytest.approx(state.validate({"normal": one})[1], rel=1e-5)


def test_a_flag_beside_a_search_that_decides_it_is_refused(tmp_path: Path, capsys) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL, "--steps", "2")
    flags = ["--tied", "--nodes", "2", "--seed", "0"]
    said = refused("rank", "--ranking", "parameters", "--search", tmp_path / "a", *flags)
    assert said.endswith("are those of the search, so leave one of them out.")
    assert "got --search and --tied, --nodes, --seed;" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--ranking", "darts"], "darts is a method: it changes a search; use `dartslab search --method darts`."),
        (["--ranking", "naswott"], "unknown ranking 'naswott'; allowed are: naswot, "),
        (["--ranking", "random-shared"], "random-shared asks the supernet of a search; give one with --search FOLDER."),
        (["--ranking", "naswot", "--cells", "0"], "cells must be 1 or more, got 0"),
        (["--ranking", "naswot", "--first", "-1"], "first must be 0 or more, got -1"),
        (["--ranking", "naswot", "--search", "nowhere"], "got --search and --data, "),
        (["--ranking", "naswot", "--nodes", "0"], "nodes"),
        (["--ranking", "mine.py"], "there is no file mine.py; name the file of your ranking where it is."),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_cannot_be_ranked_is_refused_in_one_sentence(words: list[str], sentence: str) -> None:
    assert sentence in refused(*RANK, *words)


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        (
            "lambda *given: None",
            "last: scores must be one number for each of 2 cells, got a NoneType; mend its `score`.",
        ),
        ("lambda space, cells, *rest: cells[:1]", "last: scores must be one number for each of 2 cells, got 1; mend"),
        ("lambda space, cells, *rest: ['1', '2']", "a cell must be a number, or -inf, got '1' for cell 1 of the list"),
        ("lambda space, cells, *rest: [1.0, float('nan')]", "a number, or -inf, got nan for cell 2 of the list; mend"),
        ("lambda cells: 1.0", "last: score is called with (space, cells, state, data), and takes (cells); mend it."),
        ("lambda *given: exit(0)", "mine.py failed in line 2 (SystemExit: 0); mend it."),
    ],
    ids=["None", "too few", "texts", "nan", "arguments", "exits"],
)
def test_what_gives_no_scores_is_refused_in_one_sentence(tmp_path: Path, score: str, sentence: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        f"from dartslab.methods.rankings.ranking import Ranking\nRANKING = Ranking('last', 'a test', {score})\n"
    )
    assert sentence in refused(*RANK, "--ranking", path, "--cells", "2")


def test_a_ranking_of_ones_own_is_a_file_too(tmp_path: Path, capsys) -> None:
    path = tmp_path / "shortest.py"
    path.write_text(
        "from dartslab.methods.rankings.ranking import Ranking\n"
        "RANKING = Ranking('last', 'a test', lambda space, cells, state, data: [float(n) for n in range(len(cells))])\n"
    )
    said = run(capsys, *RANK, "--ranking", path, "--cells", "3").splitlines()
    assert [line.split()[0] for line in said[1:]] == ["2", "1", "0"]
    assert isinstance(RANKINGS, ByFile)

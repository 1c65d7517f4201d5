"""What a finished run leaves, read by other code than wrote it and computed once more in NumPy."""

from __future__ import annotations

import base64
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from phase1_cpu.checkpoint.train_files import (
    decode_png,
    read_idx,
    read_metrics,
    read_safetensors,
)
from phase1_cpu.checkpoint.train_testing import TINY, Finished, check_finished, command_in, run

EPOCHS = 4
HIDDEN = (21, 9)  # 21 tiles of first-layer weights: 7 by 3
SVG = "{http://www.w3.org/2000/svg}"

# common/palette.h
PAPER, INK, RULE = (255, 255, 255), (31, 41, 51), (214, 219, 225)
BLUE, VERMILION = (0, 114, 178), (213, 94, 0)


class Trained:
    """A run on the tiny set, and what NumPy makes of its weights."""

    def __init__(self, folder: Path, done: Finished) -> None:
        self.folder, self.done = folder, done
        self.metrics = read_metrics(folder / "metrics.csv")
        self.images = read_idx(TINY / "t10k-images-idx3-ubyte.gz")  # (200,28,28)
        self.labels = read_idx(TINY / "t10k-labels-idx1-ubyte.gz")  # (200)
        metadata, self.arrays = read_safetensors(folder / "model.safetensors")
        self.architecture = json.loads(metadata["architecture"])
        self.p = self.probabilities()
        self.said = self.p.argmax(axis=1)
        self.report = (folder / "report.html").read_text(encoding="utf-8")

    def probabilities(self) -> NDArray[np.float64]:
        y = self.images.reshape(len(self.images), -1) / 255.0
        layers = len(self.arrays) // 2
        for n in range(layers):
            y = y @ self.arrays[f"layers.{n}.w"] + self.arrays[f"layers.{n}.bias"]
            if n < layers - 1:
                y = np.maximum(y, 0)
        e = np.exp(y - y.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def picture(self, name: str) -> NDArray[np.uint8]:
        return decode_png((self.folder / name).read_bytes())

    def counts(self) -> NDArray[np.int64]:
        """(10,10): row true, column said."""
        counts = np.zeros((10, 10), np.int64)
        np.add.at(counts, (self.labels, self.said), 1)
        return counts


@pytest.fixture(scope="module")
def trained(train_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained") / "run"
    done = run(
        train_program, "--dataset", "tiny", "--epochs", EPOCHS, "--batch", 20, "--lr", 0.1,
        "--hidden", ",".join(map(str, HIDDEN)), "--out", folder, cwd=folder.parent,
    )
    assert done.code == 0, done
    check_finished(folder)
    return Trained(folder, done)


# ------------------------------------------------------------------------------ numbers


def test_model_has_the_layers_it_says(trained: Trained) -> None:
    extents = [784, *HIDDEN, 10]
    shapes = {name: array.shape for name, array in trained.arrays.items()}
    want = {}
    for n, (C, OC) in enumerate(zip(extents, extents[1:])):
        want |= {f"layers.{n}.w": (C, OC), f"layers.{n}.bias": (OC,)}
    assert shapes == want
    assert trained.architecture == {"layers": [
        {"type": "dense", "inputs": C, "outputs": OC, "activation": activation}
        for C, OC, activation in zip(extents, extents[1:], ["relu", "relu", "identity"])
    ]}


def test_accuracy_is_what_numpy_counts(trained: Trained) -> None:
    last = trained.metrics[-1]
    right = int((trained.said == trained.labels).sum())
    assert 100 < right < 200, "a test that cannot tell anything"
    # No two probabilities of one image are so close that another order of sums could swap them.
    top = np.sort(trained.p, axis=1)[:, -2:]
    assert (top[:, 1] - top[:, 0]).min() > 1e-9
    assert last["test_accuracy"] == right / 200
    loss = -np.log(trained.p[np.arange(200), trained.labels]).mean()
    # Sums of 784 products: relative errors of some 1e-14 in a loss of about 1.
    assert abs(last["test_loss"] - loss) < 1e-12
    assert f"test accuracy {right / 2:.2f} %: {right} of 200 images" in trained.done.out


def test_metrics_have_a_line_an_epoch_and_learn(trained: Trained) -> None:
    rows = trained.metrics
    assert len(rows) == EPOCHS
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    for row in rows:
        assert (row["train_accuracy"] * 600).is_integer()
        assert (row["test_accuracy"] * 200).is_integer()
        assert row["seconds"] > 0
    lines = trained.done.err.splitlines()
    assert len(lines) == EPOCHS
    for line, row in zip(lines, rows):
        assert line.startswith(
            f"epoch {row['epoch']:.0f}/{EPOCHS}  loss {row['train_loss']:.4f}  acc "
            f"{100 * row['train_accuracy']:.1f} %  test acc {100 * row['test_accuracy']:.2f} %  "
        )


# ------------------------------------------------------------------------------ charts


@pytest.mark.parametrize(("file", "unit", "column", "factor"), [
    ("learning_curve.svg", "loss (nats)", "loss", 1),
    ("accuracy_curve.svg", "accuracy (%)", "accuracy", 100),
])
def test_curve(trained: Trained, file: str, unit: str, column: str, factor: float) -> None:
    root = ElementTree.parse(trained.folder / file).getroot()
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"epoch", unit, "training", "test"} <= set(texts)
    assert {"1", str(EPOCHS)} <= set(texts), "ticks"
    lines = [[tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
             for line in root.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [EPOCHS, EPOCHS]
    # Left to right in equal steps; heights are one linear function of the values, down for more.
    values = [[factor * row[f"{kind}_{column}"] for row in trained.metrics]
              for kind in ("train", "test")]
    x, y = np.array(lines)[..., 0], np.array(lines)[..., 1]
    assert np.allclose(np.diff(x), np.diff(x)[0, 0], atol=0.11)  # written with one decimal
    slope, offset = np.polyfit(np.ravel(values), y.ravel(), 1)
    assert slope < 0
    assert np.abs(slope * np.array(values) + offset - y).max() < 0.11


# ------------------------------------------------------------------------------ pictures


def mix(start: tuple[int, ...], end: tuple[int, ...], share: float) -> tuple[int, ...]:
    """common/palette.h's mix()."""
    share = min(max(share, 0.0), 1.0)
    return tuple(int(a + share * (b - a) + 0.5) for a, b in zip(start, end))


def cells(picture: NDArray[np.uint8], columns: int) -> tuple[list[int], list[int], int]:
    """Upper and left edges, and size, of a grid of square cells, each in a frame or full of colour.

    The cells are found by their upper edges: `columns` runs of pixels of equal length, 40 or more,
    with paper between them.
    """
    inked = (picture != PAPER).any(axis=2)

    def runs_in(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
        return list(zip(edges[::2].tolist(), edges[1::2].tolist()))

    def is_edge(runs: list[tuple[int, int]]) -> bool:
        lengths = {stop - start for start, stop in runs}
        return len(runs) == columns and len(lengths) == 1 and lengths.pop() >= 40

    runs = next(found for found in map(runs_in, inked) if is_edge(found))
    (left, first_end), right = runs[0], runs[-1][1]
    size = first_end - left
    pattern = np.zeros(right - left, bool)  # beside the grid there may be text
    for start, stop in runs:
        pattern[start - left : stop - left] = True
    tops: list[int] = []
    for h in np.flatnonzero((inked[:, left:right] == pattern).all(axis=1)).tolist():
        if not tops or h >= tops[-1] + size:
            tops.append(h)
    return tops, [start for start, _ in runs], size


def test_confusion_matrix(trained: Trained) -> None:
    picture = trained.picture("confusion_matrix.png")
    counts = trained.counts()
    assert counts.trace() < 200, "a test without a mistake tells less"
    tops, lefts, _ = cells(picture, 10)
    assert len(tops) == 10
    for t, top in enumerate(tops):
        for l, left in enumerate(lefts):
            share = counts[t, l] / counts[t].sum()
            want = mix(PAPER, BLUE, share) if t == l else mix(PAPER, VERMILION, share**0.5)
            assert tuple(picture[top + 3, left + 3]) == want, f"true {t}, said {l}"


def test_first_layer(trained: Trained) -> None:
    picture = trained.picture("first_layer.png")
    w = trained.arrays["layers.0.w"]  # (784,21)
    zoom = 2
    tops, lefts, size = cells(picture, 7)
    assert size == 28 * zoom + 2, "a frame of one pixel around each tile"
    corners = [(top + 1, left + 1) for top in tops for left in lefts]
    assert len(corners) == HIDDEN[0]
    limit = np.abs(w).max()
    for oc, (top, left) in enumerate(corners):
        tile = picture[top : top + 28 * zoom : zoom, left : left + 28 * zoom : zoom]
        for value, pixel in zip(w[:, oc], tile.reshape(-1, 3)):
            end = BLUE if value < 0 else VERMILION
            assert tuple(pixel) == mix(PAPER, end, abs(value) / limit), f"unit {oc}"


def test_mistakes(trained: Trained) -> None:
    """The wrong answers given with the most certainty, five a row, six pixels for one."""
    picture = trained.picture("mistakes.png")
    wrong = np.flatnonzero(trained.said != trained.labels)
    certainty = trained.p[wrong, trained.said[wrong]]
    worst = wrong[np.argsort(-certainty, kind="stable")][:24]
    assert len(worst) == 24
    zoom = 6
    frame = [h for h, row in enumerate((picture == RULE).all(axis=2)) if row.sum() >= 4 * 28 * zoom]
    tops = frame[::2]
    assert len(tops) == 5 and [bottom - top for top, bottom in zip(tops, frame[1::2])] == [167] * 5
    columns = np.flatnonzero(np.diff((picture[tops[0]] == RULE).all(axis=1), prepend=False))[::2]
    assert len(columns) == 5
    for k, i in enumerate(worst):
        top, left = tops[k // 5], int(columns[k % 5])
        shown = picture[top + 2 : top + 168 : zoom, left + 2 : left + 168 : zoom]
        want = [mix(PAPER, INK, pixel / 255) for pixel in trained.images[i].ravel()]
        assert (shown.reshape(-1, 3) == want).all(), f"mistake {k}, image {i}"


# ------------------------------------------------------------------------------ report


class Page(HTMLParser):
    """Its elements' attributes, its texts by element, and whether each was closed in order."""

    VOID = {"meta", "link", "br", "img", "hr"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []  # element, attribute, value
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def of(self, tag: str) -> list[str]:
        return [text for element, text in self.texts if element == tag]


def test_report_is_one_page_that_fetches_nothing(trained: Trained) -> None:
    page = Page(trained.report)
    assert page.of("h1") == ["tiny: 784-21-9-10"] == page.of("title")[:1]  # charts have their own
    assert page.of("h2") == ["Learning", "Where it errs", "What the first layer looks for",
                             "This run again"]
    for element, attribute, value in page.attributes:
        if attribute in ("src", "href", "srcset", "data", "action", "xlink:href"):
            assert value.startswith("data:image/png;base64,"), (element, attribute, value[:80])
        assert attribute != "xmlns" or value == "http://www.w3.org/2000/svg"
    assert "<script" not in trained.report and "@import" not in trained.report
    assert not re.search(r"url\s*\(", trained.report)
    assert trained.report.count("://") == 2, "the name spaces of the two charts"


def test_report_holds_the_files_pictures_and_charts(trained: Trained) -> None:
    page = Page(trained.report)
    embedded = [base64.b64decode(value.split(",")[1], validate=True)
                for element, attribute, value in page.attributes if attribute == "src"]
    names = ("confusion_matrix.png", "mistakes.png", "first_layer.png")
    assert embedded == [(trained.folder / name).read_bytes() for name in names]
    sizes = [(int(value)) for element, attribute, value in page.attributes
             if element == "img" and attribute in ("width", "height")]
    assert sizes == [n for content in embedded for n in decode_png(content).shape[1::-1]]
    alternatives = [value for element, attribute, value in page.attributes if attribute == "alt"]
    assert len(alternatives) == 3 and all(alternatives)
    for name in ("learning_curve.svg", "accuracy_curve.svg"):
        assert (trained.folder / name).read_text(encoding="utf-8") in trained.report


def test_report_says_the_numbers_of_the_files(trained: Trained) -> None:
    page = Page(trained.report)
    cells, last = page.of("td"), trained.metrics[-1]
    right = int((trained.said == trained.labels).sum())
    weights = sum(array.size for array in trained.arrays.values())
    seconds = sum(row["seconds"] for row in trained.metrics)
    values = page.of("div")
    for value in (f"{100 * last['test_accuracy']:.2f} %", f"{right} of 200 right",
                  f"{last['test_loss']:.4f}", f"{weights}", f"{seconds:.0f} s"):
        assert value in values
    for e, row in enumerate(trained.metrics):
        assert cells[6 * e : 6 * e + 6] == [
            f"{e + 1}", f"{row['train_loss']:.4f}", f"{100 * row['train_accuracy']:.2f} %",
            f"{row['test_loss']:.4f}", f"{100 * row['test_accuracy']:.2f} %",
            f"{row['seconds']:.1f} s",
        ]
    counts = trained.counts()

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.2f} %" if whole else "-"

    for l in range(10):
        first = 6 * EPOCHS + 4 * l
        assert cells[first : first + 4] == [
            f"{l}", f"{counts[l].sum()}", share(counts[l, l], counts[:, l].sum()),
            share(counts[l, l], counts[l].sum()),
        ]
    assert len(cells) == 6 * EPOCHS + 4 * 10


def test_report_says_how_to_get_this_run_again(
    train_program: Path, trained: Trained, tmp_path: Path
) -> None:
    command = Page(trained.report).of("p")[-1]
    assert shlex.split(command)[0] == str(train_program)
    done = run(train_program, *command_in(command), "--out", "again", cwd=tmp_path)
    assert done.code == 0, done
    again = (tmp_path / "again/model.safetensors").read_bytes()
    assert again == (trained.folder / "model.safetensors").read_bytes()


def test_a_run_without_hidden_layers_draws_its_classes(train_program: Path, tmp_path: Path) -> None:
    words = ("--dataset", "tiny", "--epochs", 1, "--hidden", "none", "--out", "run")
    done = run(train_program, *words, cwd=tmp_path)
    assert done.code == 0, done
    check_finished(tmp_path / "run")
    _, arrays = read_safetensors(tmp_path / "run/model.safetensors")
    assert {name: array.shape for name, array in arrays.items()} == {
        "layers.0.w": (784, 10), "layers.0.bias": (10,)}
    root = ElementTree.parse(tmp_path / "run/learning_curve.svg").getroot()
    assert len(list(root.iter(f"{SVG}polyline"))) == 0  # one epoch is a dot, not a line
    assert len(list(root.iter(f"{SVG}circle"))) == 2
    assert "--hidden none" in (tmp_path / "run/report.html").read_text(encoding="utf-8")

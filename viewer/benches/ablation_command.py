"""`mien bench ablation` on the command line: from parsed options to table and Markdown."""

from __future__ import annotations

import argparse
from typing import Any

from gpu_core.assets import DEFAULT_FACE, resource
from viewer.benches.bench_file import heading
from viewer.picture_file import write_whole

ROUNDS, FRAMES = 5, 24  # shorter rounds measure the filling and emptying of the pipeline as well
QUICK_ROUNDS, QUICK_FRAMES = 2, 4


def run_ablation(options: argparse.Namespace) -> dict[str, Any]:
    """Measure, print, write the Markdown; returns what --json writes.

    Raises:
        MienError: there is no OpenGL here, the classic path cannot run, or the file cannot be written.
    """
    from gpu_core.cuda.driver import probe
    from gpu_core.gl.context import headless_context
    from gpu_core.gltf.face import load_face
    from gpu_core.neural.library import generator_for
    from gpu_core.neural.model import load_model
    from gpu_core.quality import check_installed
    from viewer.benches.ablation import measure_ablation
    from viewer.benches.ablation_table import markdown, print_table
    from viewer.benches.engines import warn_if_busy

    check_installed()
    usual = (QUICK_ROUNDS, QUICK_FRAMES) if options.quick else (ROUNDS, FRAMES)
    rounds, frames = options.rounds or usual[0], options.frames or usual[1]
    face = load_face(resource(*DEFAULT_FACE))
    model = load_model(options.model) if options.model else generator_for(face)
    assert model is not None, "the shipped face has a generator"
    size = model.signature.output.width
    load = warn_if_busy()
    with headless_context() as gl:
        figures = measure_ablation(face, model, size=size, rounds=rounds, frames=frames, cuda=not probe().problem)
    figures["settings"]["opengl"] = gl.renderer
    figures["load_average"] = load
    print_table(figures)
    figures = heading("ablation") | figures  # of both files the same
    if options.markdown:
        text = markdown(figures).encode()
        write_whole(options.markdown, lambda file: file.write(text))
    return figures

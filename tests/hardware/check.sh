#!/usr/bin/env bash
# The check on real NVIDIA hardware, about five minutes: what ARCHITECTURE.md calls unproven, step by step.
#
#   tests/hardware/check.sh [FOLDER]        FOLDER (default out/hardware): summary.txt, and everything else in check.tgz
#
# Each step is a process of its own with a time limit; one that fails leaves the others. No window and no Qt is needed.
# Where TensorRT is missing and PyTorch is there, PyTorch computes in its place (tests/hardware/stand_in), and says so.
# PYTHON names the interpreter, BUDGET the seconds that all of it may take. STEPS chooses some of: look doctor tests times
# mps sanitizer ncu. README.md beside this says what to read.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
out=${1:-out/hardware}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
logs=$work/logs
mkdir -p "$logs"
python=${PYTHON:-$([[ -x .venv/bin/python ]] && echo "$PWD/.venv/bin/python" || command -v python3)}
steps=" ${STEPS:-look doctor tests times mps sanitizer ncu} "
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} XDG_CACHE_HOME=$work/cache OPENBLAS_NUM_THREADS=1 PYTHONUNBUFFERED=1
export PYOPENGL_PLATFORM=egl CXX=${CXX:-$(command -v g++ || command -v c++ || echo g++)}
export EXPECT_GPU=1 EXPECT_GL=1

budget=${BUDGET:-600}
wanted() { [[ $steps == *" $1 "* ]]; }

step() { # NAME SECONDS COMMAND...: run it, with its output in a log
    local name=$1 limit=$2 code=0 begun=$SECONDS
    shift 2
    if ((limit > budget - SECONDS)); then limit=$((budget - SECONDS)); fi
    if ((limit < 5)); then
        echo "$name: no time left" | tee -a "$logs/steps"
        return
    fi
    timeout -k 5 "$limit" "$@" >"$logs/$name.log" 2>&1 || code=$?
    printf '%-12s %s after %s s\n' "$name" "$([[ $code == 0 ]] && echo ok || echo "FAILED ($code)")" "$((SECONDS - begun))" |
        tee -a "$logs/steps"
    tar -czf "$work/$name.tgz" -C "$work" logs 2>/dev/null && mv "$work/$name.tgz" "$out/check.tgz"
}

tests() { # NAME SECONDS PYTEST-ARGUMENTS...
    step "$1" "$2" "$python" -m pytest -c tests/hardware/pytest.ini --rootdir . --confcutdir . -q --tb=short -rfE "${@:3}"
}

show() { # NAME LINES: the end of a log, no line too long
    echo "--- $1"
    tail -n "$2" "$logs/$1.log" 2>/dev/null | cut -c1-190
}

if ! "$python" -c 'import tensorrt; tensorrt.Builder' 2>/dev/null; then
    export PYTHONPATH=$PWD/tests/hardware/stand_in:$PYTHONPATH
    echo "no TensorRT: PyTorch computes in its place" | tee -a "$logs/steps"
fi
(nvidia-smi; nvcc --version; g++ --version; "$python" -VV; "$python" -m pip list) >"$logs/machine.log" 2>&1
wanted look && step look 60 "$python" -m tests.hardware.look
wanted doctor && step doctor 90 "$python" -m viewer doctor
if wanted tests; then
    tests kernels 150 -m gpu tests/gpu_core/cuda/test_kernels_on_gpu.py &
    tests passage 120 -m gpu tests/gpu_core/cuda/test_passage.py tests/gpu_core/cuda/test_opengl_devices.py \
        tests/gpu_core/doctor tests/gpu_core/test_telemetry.py &
    tests opengl 150 -m gl tests/gpu_core/gl &
    tests plans 150 -m gpu tests/gpu_core/plans &
    tests engine 200 -m gpu tests/gpu_core/test_engine_on_gpu.py &
    step order 200 "$python" -m tests.hardware.order &
    step pictures 120 "$python" -m tests.hardware.pictures "$logs/pictures" &
    wait
fi
if wanted times; then
    step kernel_times 90 "$python" -m tests.hardware.kernel_times --json "$logs/kernel_times.json"
    step mapping 40 "$python" -m tests.hardware.mapping_times
    step path_times 150 "$python" -m tests.hardware.path_times --json "$logs/path_times.json"
fi
if wanted mps && command -v nvidia-cuda-mps-control >/dev/null; then
    step mps 150 "$python" -m tests.hardware.mps_check --seconds 6 --json "$logs/mps.json"
fi
if wanted sanitizer && command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck; do
        step "$tool" 120 compute-sanitizer --tool "$tool" --error-exitcode 9 "$python" -m tests.hardware.kernel_times --once &
    done
    # Interop under the sanitizer: pictures of OpenGL's own, which no trial has.
    step memcheck_gl 120 compute-sanitizer --tool memcheck --error-exitcode 9 "$python" -m pytest -c tests/hardware/pytest.ini \
        --rootdir . --confcutdir . -q -m gpu tests/gpu_core/cuda/test_passage.py -k 'kernels and not host' &
    wait
fi
if wanted ncu && command -v ncu >/dev/null; then
    metrics=gpu__time_duration.sum,dram__bytes_read.sum,dram__bytes_write.sum,lts__t_bytes.sum,l1tex__t_bytes.sum
    metrics+=,sm__warps_active.avg.pct_of_peak_sustained_active,launch__registers_per_thread
    step ncu 120 ncu --clock-control none --metrics "$metrics" --csv --page raw --log-file "$logs/ncu.csv" \
        "$python" -m tests.hardware.kernel_times --once
    step ncu_table 20 "$python" -m tests.hardware.ncu_table "$logs/ncu.csv"
fi
step nvidia_smi 20 nvidia-smi -q -d UTILIZATION,MEMORY,POWER,CLOCK,PERFORMANCE

summary() {
    grep -E '"(vendor|renderer|version|image|pixel buffer|host copy|reason|remark|problem)"|FAILED' "$logs/look.log" | cut -c1-190
    grep -E '^(ok|NO|--) (opengl|nvidia|cuda|tensorrt|path|passage)' -A1 "$logs/doctor.log" | cut -c1-160
    for name in kernels passage opengl plans engine; do show "$name" 9; done
    for name in memcheck racecheck memcheck_gl; do show "$name" 2; done
    show ncu_table 20
    show order 13
    show pictures 10
    show kernel_times 21
    show mapping 25
    show path_times 45
    grep -E '"(gain|fps|tier|tier_reason|mps_enabled|multiprocessors|gone|said|FAILED)"' "$logs/mps.json" | cut -c1-190
    cat "$logs/steps"
}
summary >"$out/summary.txt" 2>/dev/null
tar -czf "$out/check.tgz" -C "$work" logs
cat "$out/summary.txt"

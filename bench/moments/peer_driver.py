# mypy: ignore-errors
"""Run inside a peer's own venv by bench/moments/peers.py: the peer's own mathematics on decoded sounds.

Reads sounds/*.npy (16 000 samples a second, one file a clip) and pairs.json, writes one JSON line a pair: the offset
the peer finds, and every score that can be read from what it computes. Its file reading (ffmpeg) is left out.
"""

import contextlib
import importlib
import io
import json
import sys
import time
from pathlib import Path

import numpy as np

RATE = 16_000


def main(peer: str, folder: Path) -> None:
    sounds = {one.stem: np.load(one) for one in (folder / "sounds").iterdir()}
    compare = {"syncstart": syncstart, "audalign": audalign, "audio-offset-finder": audio_offset_finder}[peer]()
    answers = folder / f"{peer}.jsonl"
    # Interrupted, it goes on: minutes of work are not done twice.
    lines = answers.read_text().splitlines(keepends=True) if answers.exists() else []
    done = [line for line in lines if line.endswith("\n")]
    answers.write_text("".join(done))
    with answers.open("a") as out:
        for a, b in json.loads((folder / "pairs.json").read_text())[len(done) :]:
            started = time.process_time()
            offset_s, scores = compare(sounds[a], sounds[b])
            row = {
                "a": a,
                "b": b,
                "offset_s": float(offset_s),
                "scores": scores,
                "cpu_s": time.process_time() - started,
            }
            out.write(json.dumps(row) + "\n")
            out.flush()


def syncstart():
    import syncstart as peer

    def compare(a, b):
        x, y = peer.z_score_normalization(a.astype(float)), peer.z_score_normalization(b.astype(float))
        _, _, padsize, top, curve = peer.corrabs(x, y)
        lag = top if top < len(a) + 1 else top - padsize  # as its file_offset reads it: the later half is negative
        lags = np.arange(padsize)
        lags = np.where(lags < len(a) + 1, lags, lags - padsize)
        return lag / RATE, read(curve, lags, RATE, len(a), len(b))

    return compare


def audalign():
    from audalign.config.correlation import CorrelationConfig
    from scipy import signal

    peer = importlib.import_module("audalign.recognizers.correcognize.correcognize")  # a function hides its name

    settings = CorrelationConfig()
    rate = settings.sample_rate
    sieve = signal.butter(10, settings.freq_threshold, "highpass", fs=rate, output="sos")

    def compare(a, b):
        x, y = (signal.sosfilt(sieve, signal.resample_poly(one, rate, RATE)) for one in (a, b))
        (curve, lengths) = next(iter(peer.calc_corrs(x, y, None, [])))
        with contextlib.redirect_stdout(io.StringIO()):
            peaks, scaling = peer.find_maxes([curve, lengths], 0.0, None, None, settings.SCALING_16_BIT, 0.0, None, 0)
        lags = signal.correlation_lags(*lengths, mode="full")
        lag = int(peaks[0][0]) if peaks else int(lags[int(np.argmax(curve))])
        return lag / rate, {**read(curve, lags, rate, len(x), len(y)), "own": float(scaling)}

    return compare


def audio_offset_finder():
    import audio_offset_finder.audio_offset_finder as peer
    from scipy import signal

    def compare(a, b):
        x, y = (signal.resample_poly(one, 1, 2) * 32767 for one in (a, b))
        try:
            found = peer.find_offset_between_buffers(x, y, 8000)
        except peer.InsufficientAudioException:
            return 0.0, {"own": 0.0, "ratio": 0.0}
        curve, own = found["correlation"], found["standard_score"]
        lags = np.arange(len(curve))
        lags = np.where(lags <= found["latest_frame_offset"], lags, lags - len(curve))
        scores = read(curve, lags, 1 / found["time_scale"], 1, 1)
        scores.pop("share")
        return float(found["time_offset"]), {**scores, "own": float(own) if np.isfinite(own) else 0.0}

    return compare


def read(curve, lags, rate, len_a, len_b):
    """Scores of a correlation: its peak in deviations, plain and robust, over the next peak, and as a share of what
    would be if both were the same."""
    curve = np.abs(np.asarray(curve, float))
    top = int(np.argmax(curve))
    rest = curve[np.abs(lags - lags[top]) > 0.25 * rate]
    shared = np.maximum(1, np.minimum(len_a, len_b + lags) - np.maximum(0, lags))
    even = curve / np.sqrt(shared + rate)
    middle = float(np.median(curve))
    apart = even[np.abs(lags - lags[top]) > 0.25 * rate]
    return {
        "deviations": float((curve[top] - curve.mean()) / (curve.std() + 1e-12)),
        "robust": float((curve[top] - middle) / (np.median(np.abs(curve - middle)) + 1e-12)),
        "ratio": float(curve[top] / (rest.max() + 1e-12)) if len(rest) else 0.0,
        "share": float(even[top] / (apart.max() + 1e-12)) if len(apart) else 0.0,
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

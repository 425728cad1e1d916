"""Words of our engines in Ukrainian. What is not listed is shown in the engine's own English, and marked as that."""

import re

_ERRORS = {
    "UnreadableMedia": "Не читається",
    "OverLimit": "Понад межу",
    "BadAnswer": "Процес декодування відповів хибно",
    "Crashed": "Процес декодування впав",
    "TimedOut": "Тривало задовго",
}

_NOTES = {"pictures": "зображення", "sound": "звук", "decoding stopped": "декодування зупинено"}

_WHOLE = {
    "no picture track": "немає відеодоріжки",
    "no sound track": "немає звукової доріжки",
    "not examined yet": "ще не переглянуто",
    "the picture track holds nothing that is presented": "у відеодоріжці немає нічого, що показується",
    "the sound track holds nothing that is presented": "у звуковій доріжці немає нічого, що відтворюється",
    "the sound track is digital silence": "звукова доріжка: цифрова тиша",
    "it needs more memory than a decoding process may have": "потребує більше пам’яті, ніж дозволено процесові",
    "not video, sound or a picture; left where it is": "не відео, не звук і не зображення; лишено на місці",
    "not a file: a device, socket or pipe": "не файл: пристрій, сокет або канал",
    "a link that leads nowhere": "посилання, що нікуди не веде",
    "a link that leads out of the folder; name its target to add it": "посилання веде за межі теки; щоб додати файл, "
    "назвіть його самого",
    "the stream is declared, but nothing in it can be decoded": "потік оголошено, але нічого в ньому не декодується",
    "telemetry over the size limit was left out": "телеметрію понад межу розміру пропущено",
    "the file asks for its pictures to be shown mirrored": "файл просить показувати зображення віддзеркаленими",
    "the decoding process answered what was not asked": "процес декодування відповів на те, про що не питали",
    "ExifTool is not installed": "ExifTool не встановлено",
    "when the container was written: the start or the end of filming, or a later rewrite": "коли записано контейнер: "
    "початок чи кінець зйомки або пізніший перезапис",
    "no zone given": "пояс не вказано",
    "the field is all zeros": "у полі самі нулі",
    "not a full date and time": "не повна дата й час",
    "no such date": "такої дати не буває",
    "the zero of the clock's count: never set": "нуль відліку годинника: його не встановлювали",
    "no camera of this kind recorded then": "тоді жодна така камера не знімала",
}

_PATTERNS = tuple(
    (re.compile(pattern + r"\Z"), words)
    for pattern, words in (
        (
            r"all (\d+) pictures looked at are black, flat or without a single corner",
            r"усі переглянуті кадри (\1) чорні, пласкі або без жодного кута",
        ),
        (r"this installation has no engine (\S+) (\d+)", r"у цій програмі немає модуля \1 \2"),
        (r"written as (\S+)", r"записано як \1"),
        (r"(\S+ s|everything) from (\S+) s of the track", r"\1 від \2 с доріжки"),
        (r"nothing for (\S+) s; (\S+ s|everything) from (\S+) s of the track", r"\1 с нічого; \2 від \3 с доріжки"),
        (r"FFmpeg cannot open it: (.{1,200})", r"FFmpeg не може його відкрити: \1"),
        (r"the sound's times jump from (\S+) s to (\S+) s", r"часи звуку стрибають від \1 с до \2 с"),
        (r"reading failed at (\d+) places and went on behind them", r"читання збивалося в \1 місцях і йшло далі"),
        (r"over (\S+) s of decoding", r"понад \1 с декодування"),
        (r"over (\S+) s of CPU", r"понад \1 с роботи процесора"),
        (r"cannot be read: (.{1,200})", r"не читається: \1"),
        (r"(\d+) satellite samples without a fix were left out", r"пропущено супутникових точок без прив’язки: \1"),
        (r"(.{1,200}) holds 0,0: unset", r"\1 містить 0,0: не встановлено"),
        (
            r"local time in a UTC field suspected: satellites say (\S+) h later",
            r"імовірно, місцевий час у полі UTC: за супутниками на \1 год пізніше",
        ),
        (
            r"local time in a UTC field suspected: satellites say (\S+) h earlier",
            r"імовірно, місцевий час у полі UTC: за супутниками на \1 год раніше",
        ),
    )
)


def in_ukrainian(text: str) -> str | None:
    """The engine's words in Ukrainian; None: they are not known here."""
    if text in _WHOLE:
        return _WHOLE[text]
    for pattern, words in _PATTERNS:
        if pattern.match(text):
            return pattern.sub(words, text)
    error, colon, rest = text.partition(": ")
    if colon and error in _ERRORS:
        return f"{_ERRORS[error]}: {in_ukrainian(rest) or rest}"
    note, colon, rest = text.partition(": ")
    if colon and note in _NOTES:
        return f"{_NOTES[note]}: {in_ukrainian(rest) or rest}"
    return None

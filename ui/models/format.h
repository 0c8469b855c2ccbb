// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <cstdint>

// Figures as people read them, in at most seven characters so that columns keep their width. The decimal mark is
// the point everywhere, as in the engine's sentences.

namespace reverxy::ui {

/// What stands where there is nothing to tell: an en dash.
QString nothing();

/// A rate: "0", "0.4", "12.3", "512", "1,234", "12.3k", "1.2M".
QString rateText(double perSecond);

/// A time in microseconds, to three figures: "0 µs", "840 µs", "1.24 ms", "12.4 s", "2 min 5 s".
QString durationText(uint64_t micros);

/// A time in microseconds; nothing() for 0, which stands for "none was measured".
QString durationOrNothing(uint64_t micros);

/// What a request took, in microseconds; "<1 ms" for 0, which stands for less than can be told apart.
QString tookText(uint64_t micros);

/// Whole seconds, the two largest units of them: "45 s", "12 min 5 s", "2 h 14 min", "3 d 4 h".
QString spanText(int64_t seconds);

/// Bytes: "512 B", "1.2 KiB", "16 MiB".
QString sizeText(uint64_t bytes);

/// A count with its thousands apart: "1,234,567".
QString countText(uint64_t count);

/// "1 request", "3 requests": `one` with an s where there is not exactly one.
QString countedText(uint64_t count, const QString& one);

} // namespace reverxy::ui

// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <QDateTime>
#include <QString>

#include <chrono>
#include <string_view>

// The engine's plain values as Qt's, for what faces see.

namespace reverxy::api {

/// Bytes that are no UTF-8 are shown as replacement characters.
inline QString textOf(std::string_view bytes) {
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

/// To the millisecond, in local time.
inline QDateTime dateOf(WallTime time) {
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

} // namespace reverxy::api

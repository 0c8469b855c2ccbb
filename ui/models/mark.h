// SPDX-License-Identifier: MIT
#pragma once

#include "api/outcome.h"

#include <QMetaType>

#include <cstdint>

namespace reverxy::ui {

/// A small sign beside a text. Every one has a shape of its own, so that nobody depends on its colour.
enum class Mark : uint8_t {
    None,
    // states
    Good,     // filled circle
    Partial,  // half filled circle
    Bad,      // filled square with a cross
    Unknown,  // ring
    Off,      // ring with a bar
    Pending,  // three dots
    Warning,  // triangle with an exclamation mark
    Draining, // circle that is emptying
    // outcomes of exchanges
    Running,       // open ring
    Success,       // small filled circle
    CacheHit,      // ring with a dot
    ClientError,   // filled triangle
    Throttled,     // two bars
    UpstreamError, // diamond
    ProxyError,    // square
    ClientGone,    // ring with a stroke
};

Mark markOf(api::Outcome outcome);

/// Roles that this window's models answer beside Qt's own.
enum CellRole {
    MarkRole = Qt::UserRole + 1, // int(Mark), beside the text
    MutedRole,                   // bool: the text is secondary
    AlarmRole,                   // bool: the text tells of something bad
    MutedPrefixRole,             // int: so many of its first characters are secondary
    StrongRole,                  // bool: the text heads what follows
    ProbesRole,                  // QList<ProbeMark>
};

} // namespace reverxy::ui

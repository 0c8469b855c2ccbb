// SPDX-License-Identifier: MIT
#pragma once

#include "api/outcome.h"
#include "ui/models/mark.h"

#include <QColor>
#include <QPalette>

#include <array>

namespace reverxy::ui {

/// The colours that mean something, for the light or the dark palette that the user has. Hues are taken so that
/// they stay apart for people who do not see red and green apart; nothing is told by colour alone.
struct Tones {
    bool dark = false;
    QColor text;
    QColor muted;    // secondary text; readable on the window and on lists
    QColor hairline; // borders and grid lines
    QColor panel;    // a surface beside the window's own
    QColor accent;
    QColor good;
    QColor caution;
    QColor bad; // as a mark
    QColor badText;
    QColor idle;
    QColor sheer; // what a mark cuts out of itself
    std::array<QColor, api::outcomes> outcome;

    const QColor& of(api::Outcome value) const { return outcome[static_cast<size_t>(value)]; }

    QColor of(Mark mark) const;
};

Tones tonesOf(const QPalette& palette);

/// `share` of `over` upon `under`, from 0 to 1.
QColor blend(const QColor& under, const QColor& over, double share);

} // namespace reverxy::ui

// SPDX-License-Identifier: MIT
#pragma once

#include "ui/models/mark.h"
#include "ui/widgets/tones.h"

#include <QIcon>
#include <QPainter>

// Icons that are drawn when they are needed, and so are sharp at every size and follow the palette.

namespace reverxy::ui {

enum class Sign : uint8_t {
    Overview,
    Traffic,
    Clients,
    Cache,
    Copy,
    Done,
    Start,
    Stop,
    Reload,
    Search,
    Follow,
    Clear,
    Plug
};

/// Paints into the largest square in the middle of `box`. The painter's state is kept.
void paintMark(QPainter& painter, const QRectF& box, Mark mark, const Tones& tones);
/// The same in one colour; `sheer` is what it cuts out of itself.
void paintMark(QPainter& painter, const QRectF& box, Mark mark, const QColor& colour, const QColor& sheer);
void paintSign(QPainter& painter, const QRectF& box, Sign sign, const QColor& colour);
/// The program's own picture.
void paintEmblem(QPainter& painter, const QRectF& box);

QIcon iconOf(Mark mark, const QPalette& palette);
/// In the colour of text on a selected row, where its own might not be seen; the shape tells what it means.
QIcon selectedIconOf(Mark mark, const QPalette& palette);
/// In the colour of text on buttons, pale where disabled.
QIcon iconOf(Sign sign, const QPalette& palette);
QIcon emblem();

} // namespace reverxy::ui

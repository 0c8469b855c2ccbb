// SPDX-License-Identifier: MIT
#pragma once

#include "ui/widgets/tones.h"

#include <QPainter>
#include <QWidget>

namespace reverxy::ui {

/// Outlines what keys go to, for who has used them to get there. An outline alone: some styles' own frame tints all
/// that it surrounds.
inline void paintFocus(QPainter& painter, const QWidget& widget, const QRectF& box) {
    if (!widget.hasFocus() || !widget.window()->testAttribute(Qt::WA_KeyboardFocusChange))
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tonesOf(widget.palette()).accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box, 4, 4);
    painter.restore();
}

} // namespace reverxy::ui

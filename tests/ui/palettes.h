// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPalette>

namespace reverxy::test {

/// The colours of a usual dark desktop.
inline QPalette darkPalette() {
    QPalette palette;
    const QColor text(0xe6, 0xe7, 0xe9);
    const QColor faint(0x7d, 0x81, 0x88);
    palette.setColor(QPalette::Window, QColor(0x26, 0x28, 0x2c));
    palette.setColor(QPalette::Base, QColor(0x1d, 0x1f, 0x22));
    palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x25, 0x29));
    palette.setColor(QPalette::Button, QColor(0x34, 0x37, 0x3c));
    palette.setColor(QPalette::Mid, QColor(0x1a, 0x1b, 0x1e));
    palette.setColor(QPalette::ToolTipBase, QColor(0x34, 0x37, 0x3c));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, text);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::PlaceholderText, faint);
    palette.setColor(QPalette::Highlight, QColor(0x3d, 0x7e, 0xcf));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x6f, 0xb0, 0xf0));
    return palette;
}

} // namespace reverxy::test

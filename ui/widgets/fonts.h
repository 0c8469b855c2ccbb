// SPDX-License-Identifier: MIT
#pragma once

#include <QFont>

// Variations of the user's font; sizes follow it.

namespace reverxy::ui {

/// Captions, secondary lines.
QFont captionFont(const QFont& font);
/// Headings within a page.
QFont headingFont(const QFont& font);
/// Figures that are read from a distance.
QFont figureFont(const QFont& font);
/// `font` with figures of one width, where the font offers them and Qt can ask for them.
QFont tabularFont(const QFont& font);
/// The system's font of one width, in the size of `font`.
QFont codeFont(const QFont& font);

} // namespace reverxy::ui

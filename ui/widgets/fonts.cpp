// SPDX-License-Identifier: MIT
#include "ui/widgets/fonts.h"

#include <QFontDatabase>

#include <cmath>

namespace reverxy::ui {

namespace {

QFont scaled(QFont font, double factor) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(static_cast<int>(std::lround(font.pixelSize() * factor)));
    return font;
}

} // namespace

QFont captionFont(const QFont& font) {
    return scaled(font, 0.88);
}

QFont headingFont(const QFont& font) {
    QFont heading = font;
    heading.setWeight(QFont::DemiBold);
    return heading;
}

QFont figureFont(const QFont& font) {
    QFont figure = tabularFont(scaled(font, 1.3));
    figure.setWeight(QFont::Medium);
    return figure;
}

QFont tabularFont(const QFont& font) {
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    QFont tabular = font;
    tabular.setFeature("tnum", 1);
    return tabular;
#else
    return font;
#endif
}

QFont codeFont(const QFont& font) {
    QFont code = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (font.pointSizeF() > 0)
        code.setPointSizeF(font.pointSizeF());
    return code;
}

} // namespace reverxy::ui

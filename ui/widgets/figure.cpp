// SPDX-License-Identifier: MIT
#include "ui/widgets/figure.h"

#include "ui/models/format.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/painted_icon.h"

#include <QPainter>

namespace reverxy::ui {

Figure::Figure(const QString& caption, const QString& widest, const QString& note, QWidget* parent)
    : QWidget(parent), m_caption(caption), m_widest(widest), m_value(nothing()) {
    setToolTip(note);
    setAccessibleName(caption);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Figure::setValue(const QString& value) {
    if (value == m_value)
        return;
    m_value = value;
    setAccessibleName(m_caption + QLatin1Char(' ') + value);
    update();
}

void Figure::setAlarming(bool alarming) {
    if (alarming == m_alarming)
        return;
    m_alarming = alarming;
    update();
}

QFont Figure::valueFont() const {
    return figureFont(font());
}

QFont Figure::captionFont() const {
    return ui::captionFont(font());
}

QSize Figure::sizeHint() const {
    const QFontMetrics value(valueFont());
    const QFontMetrics caption(captionFont());
    // The sign of an alarm stands left of the caption.
    const int captionWidth = caption.horizontalAdvance(m_caption) + caption.height();
    return {std::max(value.horizontalAdvance(m_widest), captionWidth) + 4, value.height() + caption.height()};
}

QSize Figure::minimumSizeHint() const {
    return sizeHint();
}

void Figure::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tones tones = tonesOf(palette());
    const QFontMetrics value(valueFont());
    const QFontMetrics caption(captionFont());
    painter.setFont(valueFont());
    painter.setPen(m_alarming ? tones.badText : tones.text);
    painter.drawText(QRect(0, 0, width(), value.height()), Qt::AlignRight | Qt::AlignVCenter, m_value);
    painter.setFont(captionFont());
    painter.setPen(tones.muted);
    const QRect line(0, value.height(), width(), caption.height());
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_caption);
    if (m_alarming) {
        const int side = caption.ascent();
        const int right = width() - caption.horizontalAdvance(m_caption) - 4;
        paintMark(painter, QRectF(right - side, line.top() + (line.height() - side) / 2.0, side, side),
                  Mark::Warning, tones);
    }
}

} // namespace reverxy::ui

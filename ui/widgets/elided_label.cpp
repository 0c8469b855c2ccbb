// SPDX-License-Identifier: MIT
#include "ui/widgets/elided_label.h"

#include "ui/widgets/tones.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace reverxy::ui {

ElidedLabel::ElidedLabel(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString& text) {
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    if (m_wanted == 0)
        updateGeometry();
    update();
}

void ElidedLabel::setNote(const QString& note) {
    m_note = note;
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
    m_mode = mode;
    update();
}

void ElidedLabel::setMuted(bool muted) {
    m_muted = muted;
    update();
}

void ElidedLabel::setCharacters(int wanted, int least) {
    m_wanted = wanted;
    m_least = least;
    updateGeometry();
}

QSize ElidedLabel::sizeOf(int characters) const {
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(QLatin1Char('0')) * characters, metrics.height()};
}

QSize ElidedLabel::sizeHint() const {
    if (m_wanted > 0)
        return sizeOf(m_wanted);
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(m_text) + 1, metrics.height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return sizeOf(m_least);
}

bool ElidedLabel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const bool elided = QFontMetrics(font()).horizontalAdvance(m_text) > width();
    const QString tip = elided && !m_note.isEmpty() ? m_text + QLatin1Char('\n') + m_note
                        : elided                    ? m_text
                                                    : m_note;
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), tip, this);
    return true;
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(m_muted ? tonesOf(palette()).muted : palette().color(QPalette::WindowText));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetrics(font()).elidedText(m_text, m_mode, width()));
}

} // namespace reverxy::ui

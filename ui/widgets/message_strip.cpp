// SPDX-License-Identifier: MIT
#include "ui/widgets/message_strip.h"

#include "ui/widgets/painted_icon.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace reverxy::ui {

namespace {

constexpr int markSide = 16;
constexpr int left = 16;

} // namespace

MessageStrip::MessageStrip(QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_dismiss(new QToolButton(this)) {
    setAccessibleName(QStringLiteral("Problem"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_dismiss->setAutoRaise(true);
    m_dismiss->setIcon(iconOf(Sign::Clear, palette()));
    m_dismiss->setToolTip(QStringLiteral("Put this message away"));
    m_dismiss->setAccessibleName(m_dismiss->toolTip());
    m_dismiss->setFocusPolicy(Qt::StrongFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(left + markSide + 9, 7, 12, 8);
    row->addWidget(m_text, 1);
    row->addWidget(m_dismiss, 0, Qt::AlignTop);
    connect(m_dismiss, &QToolButton::clicked, this, &MessageStrip::dismissed);
    hide();
}

void MessageStrip::setMessage(const QString& text, bool dismissible) {
    m_dismiss->setVisible(dismissible);
    if (text != m_text->text())
        m_text->setText(text);
    setVisible(!text.isEmpty());
}

void MessageStrip::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_dismiss->setIcon(iconOf(Sign::Clear, palette()));
}

void MessageStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tones tones = tonesOf(palette());
    painter.fillRect(rect(), blend(palette().color(QPalette::Window), tones.bad, 0.12));
    const double pixel = 1 / devicePixelRatioF();
    painter.fillRect(QRectF(0, height() - pixel, width(), pixel), tones.hairline);
    const double firstLine = m_text->geometry().top() + m_text->fontMetrics().height() / 2.0;
    const double middle = m_text->height() > 2 * m_text->fontMetrics().height() ? firstLine : height() / 2.0;
    paintMark(painter, QRectF(left, middle - markSide / 2.0, markSide, markSide), Mark::Warning, tones.bad,
              tones.sheer);
}

} // namespace reverxy::ui

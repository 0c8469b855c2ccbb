// SPDX-License-Identifier: MIT
#include "ui/widgets/navigation_rail.h"

#include "ui/widgets/focus_frame.h"
#include "ui/widgets/fonts.h"

#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

namespace {

constexpr int signSide = 20;

} // namespace

NavigationRail::NavigationRail(QWidget* parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    setAccessibleName(QStringLiteral("Pages"));
    m_column->setContentsMargins(6, 8, 6, 8);
    m_column->setSpacing(4);
    m_column->addStretch(1);
    connect(&m_buttons, &QButtonGroup::idToggled, this, [this](int id, bool checked) {
        if (checked)
            Q_EMIT currentChanged(id);
    });
}

void NavigationRail::addPage(Sign sign, const QString& name, const QString& tooltip) {
    auto* button = new NavigationButton(sign, name, this);
    button->setToolTip(tooltip);
    const int number = static_cast<int>(m_buttons.buttons().size());
    m_buttons.addButton(button, number);
    m_column->insertWidget(number, button);
    if (number == 0)
        button->setChecked(true);
}

void NavigationRail::setCurrent(int page) {
    if (QAbstractButton* button = m_buttons.button(page))
        button->setChecked(true);
}

void NavigationRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const double pixel = 1 / devicePixelRatioF();
    painter.fillRect(QRectF(width() - pixel, 0, pixel, height()), tonesOf(palette()).hairline);
}

NavigationButton::NavigationButton(Sign sign, const QString& name, QWidget* parent)
    : QAbstractButton(parent), m_sign(sign) {
    setText(name);
    setAccessibleName(name);
    setCheckable(true);
    setFont(captionFont(font()));
    setFocusPolicy(Qt::StrongFocus);
}

QSize NavigationButton::sizeHint() const {
    const QFontMetrics metrics(font());
    return {std::max(64, metrics.horizontalAdvance(text()) + 16), signSide + metrics.height() + 18};
}

void NavigationButton::enterEvent(QEnterEvent*) {
    update();
}

void NavigationButton::leaveEvent(QEvent*) {
    update();
}

void NavigationButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tones tones = tonesOf(palette());
    const QColor window = palette().color(QPalette::Window);
    painter.setPen(Qt::NoPen);
    if (isChecked() || underMouse()) {
        painter.setBrush(isChecked() ? blend(window, tones.accent, tones.dark ? 0.32 : 0.16)
                                     : blend(window, tones.text, 0.07));
        painter.drawRoundedRect(rect(), 6, 6);
    }
    const QColor colour = isChecked() ? tones.text : tones.muted;
    paintSign(painter, QRectF((width() - signSide) / 2.0, 8, signSide, signSide), m_sign, colour);
    painter.setPen(colour);
    painter.drawText(rect().adjusted(0, 8 + signSide, 0, -4), Qt::AlignCenter, text());
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(tones.accent);
        painter.drawRoundedRect(QRectF(-1.5, height() * 0.25, 4.5, height() * 0.5), 1.5, 1.5);
    }
    paintFocus(painter, *this, QRectF(rect().adjusted(2, 2, -2, -2)));
}

} // namespace reverxy::ui

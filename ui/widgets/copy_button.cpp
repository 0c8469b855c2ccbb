// SPDX-License-Identifier: MIT
#include "ui/widgets/copy_button.h"

#include "ui/widgets/painted_icon.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>

#include <algorithm>

namespace reverxy::ui {

namespace {

constexpr int feedbackMs = 1500;

QString idleText() {
    return QStringLiteral("Copy");
}

QString doneText() {
    return QStringLiteral("Copied");
}

} // namespace

CopyButton::CopyButton(QWidget* parent) : QToolButton(parent) {
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setAutoRaise(true);
    setFocusPolicy(Qt::StrongFocus);
    setIconSize({14, 14});
    m_feedback.setSingleShot(true);
    m_feedback.setInterval(feedbackMs);
    connect(this, &QToolButton::clicked, this, &CopyButton::copy);
    connect(&m_feedback, &QTimer::timeout, this, &CopyButton::refresh);
    refresh();
}

void CopyButton::setCopied(const QString& text) {
    m_copied = text;
    setEnabled(!text.isEmpty());
}

QSize CopyButton::sizeHint() const {
    // Both texts fit, so that the change moves nothing.
    const auto widthOf = [this](const QString& shown) {
        return fontMetrics().size(Qt::TextShowMnemonic, shown).width();
    };
    const int widest = std::max(widthOf(idleText()), widthOf(doneText()));
    return QToolButton::sizeHint() + QSize(widest - widthOf(text()), 0);
}

void CopyButton::changeEvent(QEvent* event) {
    QToolButton::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

void CopyButton::copy() {
    QGuiApplication::clipboard()->setText(m_copied);
    m_feedback.start();
    refresh();
}

void CopyButton::refresh() {
    const bool done = m_feedback.isActive();
    setText(done ? doneText() : idleText());
    setIcon(iconOf(done ? Sign::Done : Sign::Copy, palette()));
}

} // namespace reverxy::ui

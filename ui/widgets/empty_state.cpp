// SPDX-License-Identifier: MIT
#include "ui/widgets/empty_state.h"

#include "ui/widgets/copy_button.h"
#include "ui/widgets/fonts.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace reverxy::ui {

namespace {

constexpr int signSide = 36;

QLabel* centred(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setAlignment(Qt::AlignCenter);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent), m_sign(centred(this)), m_title(centred(this)), m_text(centred(this)),
      m_codeRow(new QWidget(this)), m_code(new QLabel(m_codeRow)), m_copy(new CopyButton(m_codeRow)),
      m_action(new QPushButton(this)) {
    m_title->setFont(headingFont(font()));
    m_text->setWordWrap(true);
    m_code->setFont(codeFont(font()));
    m_code->setTextFormat(Qt::PlainText);
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* codeRow = new QHBoxLayout(m_codeRow);
    codeRow->setContentsMargins(0, 0, 0, 0);
    codeRow->setSpacing(12);
    codeRow->addWidget(m_code);
    codeRow->addWidget(m_copy, 0, Qt::AlignTop);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 12, 24, 12);
    column->setSpacing(8);
    column->addStretch(2);
    column->addWidget(m_sign);
    column->addWidget(m_title);
    auto* textRow = new QHBoxLayout;
    textRow->addStretch(1);
    textRow->addWidget(m_text, 4);
    textRow->addStretch(1);
    column->addLayout(textRow);
    column->addWidget(m_codeRow, 0, Qt::AlignHCenter);
    column->addWidget(m_action, 0, Qt::AlignHCenter);
    column->addStretch(3);
    connect(m_action, &QPushButton::clicked, this, &EmptyState::acted);
    refreshColours();
}

void EmptyState::setContent(const Content& content) {
    if (content == m_content)
        return;
    m_content = content;
    m_title->setText(content.title);
    m_text->setText(content.text);
    m_text->setVisible(!content.text.isEmpty());
    m_code->setText(content.code);
    m_copy->setCopied(content.code);
    m_codeRow->setVisible(!content.code.isEmpty());
    m_action->setText(content.action);
    m_action->setMinimumWidth(QFontMetrics(m_action->font()).horizontalAdvance(content.action) + 40);
    m_action->setVisible(!content.action.isEmpty());
    refreshColours();
}

void EmptyState::refreshColours() {
    const Tones tones = tonesOf(palette());
    QPixmap sign(QSize(signSide, signSide) * devicePixelRatioF());
    sign.setDevicePixelRatio(devicePixelRatioF());
    sign.fill(Qt::transparent);
    QPainter painter(&sign);
    paintSign(painter, QRectF(0, 0, signSide, signSide), m_content.sign, tones.muted);
    painter.end();
    m_sign->setPixmap(sign);
    QPalette pale = m_text->palette();
    if (pale.color(QPalette::WindowText) == tones.muted)
        return;
    pale.setColor(QPalette::WindowText, tones.muted);
    m_text->setPalette(pale);
}

void EmptyState::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refreshColours();
}

} // namespace reverxy::ui

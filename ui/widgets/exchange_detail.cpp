// SPDX-License-Identifier: MIT
#include "ui/widgets/exchange_detail.h"

#include "ui/models/exchange_cells.h"
#include "ui/models/exchange_text.h"
#include "ui/models/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/painted_icon.h"
#include "ui/widgets/timing_bar.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace reverxy::ui {

ExchangeDetail::ExchangeDetail(QWidget* parent)
    : QWidget(parent), m_content(new QWidget(this)), m_empty(new EmptyState(this)),
      m_title(new ElidedLabel(m_content)), m_markSpace(new QWidget(m_content)),
      m_summary(new ElidedLabel(m_content)), m_timing(new TimingBar(m_content)),
      m_story(new QTextBrowser(m_content)) {
    setAccessibleName(QStringLiteral("What happened to the selected request"));
    m_title->setFont(headingFont(font()));
    m_title->setElideMode(Qt::ElideMiddle);
    m_title->setCharacters(30, 12);
    m_summary->setMuted(true);
    m_summary->setCharacters(30, 12);
    m_markSpace->setFixedSize(12, 12);
    m_story->setFrameShape(QFrame::NoFrame);
    m_story->setOpenLinks(false);
    m_story->setAccessibleName(QStringLiteral("What happened and why"));
    m_story->document()->setDocumentMargin(0);

    auto* summaryRow = new QHBoxLayout;
    summaryRow->setSpacing(6);
    summaryRow->addWidget(m_markSpace);
    summaryRow->addWidget(m_summary, 1);
    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(14, 10, 10, 6);
    column->setSpacing(8);
    column->addWidget(m_title);
    column->addLayout(summaryRow);
    column->addWidget(m_timing);
    column->addWidget(m_story, 1);

    m_empty->setContent({Sign::Traffic,
                         QStringLiteral("No request selected"),
                         QStringLiteral("Select one to see what happened to it and why."),
                         {},
                         {}});
    auto* stack = new QStackedLayout(this);
    stack->setContentsMargins(0, 0, 0, 0);
    stack->addWidget(m_empty);
    stack->addWidget(m_content);
}

void ExchangeDetail::setExchange(const api::Exchange& exchange) {
    if (m_exchange == exchange)
        return;
    const bool same = m_exchange && m_exchange->id == exchange.id && m_exchange->started == exchange.started;
    const int place = same ? m_story->verticalScrollBar()->value() : 0;
    m_exchange = exchange;
    refresh();
    m_story->verticalScrollBar()->setValue(place);
}

void ExchangeDetail::clear() {
    m_exchange.reset();
    refresh();
}

void ExchangeDetail::refresh() {
    static_cast<QStackedLayout*>(layout())->setCurrentWidget(m_exchange ? m_content : m_empty);
    if (!m_exchange)
        return;
    m_title->setText(m_exchange->method + QLatin1Char(' ') + requestedAddress(*m_exchange));
    m_summary->setText(summary());
    m_timing->setParts(timeSpent(*m_exchange));
    m_story->setHtml(story());
    update();
}

QString ExchangeDetail::summary() const {
    QStringList parts;
    if (m_exchange->status != 0)
        parts << QString::number(m_exchange->status);
    parts << outcomeText(*m_exchange, false);
    parts << tookText(m_exchange->totalMicros);
    parts << sizeText(m_exchange->responseBodyBytes);
    return parts.join(QStringLiteral(" · "));
}

QString ExchangeDetail::story() const {
    const QString muted = tonesOf(palette()).muted.name();
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='0'>");
    for (const api::Explanation& paragraph : api::explain(*m_exchange)) {
        html += QStringLiteral("<tr><td style='color:%1; padding-right:12px; padding-bottom:7px' "
                               "nowrap>%2</td><td style='padding-bottom:7px'>%3</td></tr>")
                    .arg(muted, paragraph.title.toHtmlEscaped(), paragraph.text.toHtmlEscaped());
    }
    return html + QStringLiteral("</table>");
}

void ExchangeDetail::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_exchange)
        refresh();
}

void ExchangeDetail::paintEvent(QPaintEvent*) {
    if (!m_exchange)
        return;
    QPainter painter(this);
    const QPoint corner = m_markSpace->mapTo(this, QPoint());
    paintMark(painter, QRectF(corner, m_markSpace->size()), outcomeMark(*m_exchange, false), tonesOf(palette()));
}

} // namespace reverxy::ui

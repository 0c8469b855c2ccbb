// SPDX-License-Identifier: MIT
#include "ui/widgets/header_bar.h"

#include "ui/models/format.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/figure.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/painted_icon.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

namespace {

constexpr int markSide = 16;

QString plainAddress(const QString& address) {
    return address.endsWith(QLatin1Char('/')) ? address.chopped(1) : address;
}

} // namespace

EngineStanding standingOf(const api::EngineSnapshot& snapshot) {
    if (!isKnown(snapshot))
        return {Mark::Pending, QStringLiteral("Connecting…"), QStringLiteral("nothing heard yet")};
    switch (snapshot.state) {
    case api::EngineState::Stopped:
        return snapshot.problem.isEmpty()
                   ? EngineStanding{Mark::Off, QStringLiteral("Stopped"), QStringLiteral("nothing is served")}
                   : EngineStanding{Mark::Bad, QStringLiteral("Not running"), QStringLiteral("could not start")};
    case api::EngineState::Draining:
        return {
            Mark::Draining, QStringLiteral("Draining"),
            QStringLiteral("%1 to finish").arg(countedText(snapshot.runningExchanges, QStringLiteral("request")))};
    case api::EngineState::Running:
        break;
    }
    const QString age = snapshot.startedAt.isValid()
                            ? QStringLiteral("for %1").arg(spanText(snapshot.startedAt.secsTo(snapshot.taken)))
                            : QString();
    return {snapshot.problem.isEmpty() ? Mark::Good : Mark::Warning, QStringLiteral("Running"), age};
}

HeaderBar::HeaderBar(EngineSwitch& engine, QWidget* parent) : QWidget(parent), m_engine(engine) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 14, 10);
    row->setSpacing(22);
    row->addLayout(makeState());
    row->addLayout(makeAddress(), 1);
    row->addLayout(makeFigures());
    makeSwitch();
    row->addWidget(m_switch, 0, Qt::AlignVCenter);
    connect(&m_engine, &EngineSwitch::changed, this, &HeaderBar::refreshSwitch);
    refreshSwitch();
}

QLayout* HeaderBar::makeState() {
    auto* row = new QHBoxLayout;
    row->setSpacing(9);
    m_markSpace = new QWidget(this);
    m_markSpace->setFixedSize(markSide, markSide);
    row->addWidget(m_markSpace, 0, Qt::AlignVCenter);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(1);
    m_state = new ElidedLabel(this);
    m_state->setFont(headingFont(font()));
    m_state->setCharacters(13, 11);
    m_since = new ElidedLabel(this);
    m_since->setFont(captionFont(font()));
    m_since->setMuted(true);
    m_since->setCharacters(17, 12);
    texts->addWidget(m_state);
    texts->addWidget(m_since);
    row->addLayout(texts);
    return row;
}

QLayout* HeaderBar::makeAddress() {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(1);
    m_address = new ElidedLabel(this);
    m_address->setFont(headingFont(font()));
    m_address->setElideMode(Qt::ElideMiddle);
    m_address->setCharacters(0, 10);
    m_addressNote = new ElidedLabel(this);
    m_addressNote->setFont(captionFont(font()));
    m_addressNote->setMuted(true);
    m_addressNote->setCharacters(0, 10);
    texts->addWidget(m_address);
    texts->addWidget(m_addressNote);
    m_copy = new CopyButton(this);
    m_copy->setAccessibleName(QStringLiteral("Copy the address"));
    m_copy->setToolTip(QStringLiteral("Copy the address (Ctrl+Shift+C)"));
    row->addLayout(texts);
    row->addWidget(m_copy, 0, Qt::AlignVCenter);
    row->addStretch(1);
    return row;
}

QLayout* HeaderBar::makeFigures() {
    auto* row = new QHBoxLayout;
    row->setSpacing(20);
    m_rate = new Figure(QStringLiteral("requests/s"), QStringLiteral("888.8k"),
                        QStringLiteral("Requests a second, over the last ten seconds"), this);
    m_errors = new Figure(QStringLiteral("errors/s"), QStringLiteral("888.8k"),
                          QStringLiteral("Failures and 5xx a second, over the last ten seconds"), this);
    m_latency = new Figure(QStringLiteral("p95"), QStringLiteral("88.8 ms"),
                           QStringLiteral("19 of 20 requests of the last ten seconds were faster than this"), this);
    m_connections = new Figure(QStringLiteral("connections"), QStringLiteral("88,888"),
                               QStringLiteral("Connections that clients have open"), this);
    for (Figure* figure : {m_rate, m_errors, m_latency, m_connections})
        row->addWidget(figure);
    return row;
}

void HeaderBar::makeSwitch() {
    m_switch = new QPushButton(this);
    m_switch->setAccessibleName(QStringLiteral("Start or stop the engine"));
    int widest = 0;
    for (const auto offer : {EngineSwitch::Offer::Start, EngineSwitch::Offer::Starting, EngineSwitch::Offer::Stop,
                             EngineSwitch::Offer::Stopping, EngineSwitch::Offer::StopNow}) {
        m_switch->setText(textOf(offer));
        m_switch->setIcon(iconOf(Sign::Stop, palette()));
        widest = std::max(widest, m_switch->sizeHint().width());
    }
    m_switch->setFixedWidth(widest + 8);
    connect(m_switch, &QPushButton::clicked, &m_engine, &EngineSwitch::press);
}

void HeaderBar::refreshSwitch() {
    const EngineSwitch::Offer offer = m_engine.offer();
    const bool starts = offer == EngineSwitch::Offer::Unknown || offer == EngineSwitch::Offer::Start ||
                        offer == EngineSwitch::Offer::Starting;
    m_switch->setText(textOf(offer));
    m_switch->setIcon(iconOf(starts ? Sign::Start : Sign::Stop, palette()));
    m_switch->setEnabled(m_engine.isOffered());
    m_switch->setToolTip(offer == EngineSwitch::Offer::StopNow
                             ? QStringLiteral("Cut the requests that still run (Ctrl+E)")
                         : starts ? QStringLiteral("Read the configuration and begin to serve (Ctrl+E)")
                                  : QStringLiteral("Finish what runs, then stop (Ctrl+E)"));
}

void HeaderBar::show(const api::SnapshotPointer& snapshot) {
    const EngineStanding standing = standingOf(*snapshot);
    if (standing.mark != m_mark) {
        m_mark = standing.mark;
        update();
    }
    m_state->setText(standing.state);
    m_since->setText(standing.note);

    const bool serves = snapshot->state != api::EngineState::Stopped;
    const QString address = snapshot->addresses.isEmpty() ? QString() : plainAddress(snapshot->addresses.front());
    m_address->setText(address.isEmpty() ? nothing() : address);
    m_copy->setCopied(address);
    const auto others = snapshot->addresses.size() - 1;
    m_addressNote->setText(others < 1    ? QStringLiteral("address for clients")
                           : others == 1 ? QStringLiteral("and one more address")
                                         : QStringLiteral("and %1 more addresses").arg(others));
    m_address->setNote(snapshot->addresses.join(QLatin1Char('\n')));
    m_addressNote->setNote(snapshot->addresses.join(QLatin1Char('\n')));

    const api::TrafficFigures& traffic = snapshot->traffic;
    m_rate->setValue(serves ? rateText(traffic.requestsPerSecond) : nothing());
    m_errors->setValue(serves ? rateText(traffic.errorsPerSecond) : nothing());
    m_errors->setAlarming(serves && traffic.errorsPerSecond > 0);
    m_latency->setValue(serves ? durationOrNothing(traffic.p95Micros) : nothing());
    m_connections->setValue(serves ? countText(snapshot->clientConnections) : nothing());
}

void HeaderBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_switch)
        refreshSwitch();
}

void HeaderBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tones tones = tonesOf(palette());
    painter.fillRect(rect(), tones.panel);
    const double pixel = 1 / devicePixelRatioF();
    painter.fillRect(QRectF(0, height() - pixel, width(), pixel), tones.hairline);
    paintMark(painter, m_markSpace->geometry(), m_mark, tones);
}

} // namespace reverxy::ui

// SPDX-License-Identifier: MIT
#include "ui/models/exchange_cells.h"

#include "api/qt_values.h"
#include "ui/models/format.h"

#include <array>

namespace reverxy::ui {

namespace {

bool isRunning(const api::Exchange& exchange) {
    return exchange.phase != api::ExchangePhase::Finished;
}

QString backendText(const api::Exchange& exchange) {
    const QString backend = exchange.backend();
    if (backend.isEmpty())
        return nothing();
    return exchange.attemptsTotal > 1 ? QStringLiteral("%1 · %2 attempts").arg(backend).arg(exchange.attemptsTotal)
                                      : backend;
}

QString display(const api::Exchange& exchange, bool lost, int column) {
    switch (column) {
    case ExchangeColumn::Time:
        return exchange.started.toLocalTime().toString(QStringLiteral("HH:mm:ss.zzz"));
    case ExchangeColumn::Method:
        return exchange.method;
    case ExchangeColumn::Target:
        return requestedAddress(exchange);
    case ExchangeColumn::Status:
        return exchange.status == 0 ? nothing() : QString::number(exchange.status);
    case ExchangeColumn::Outcome:
        return outcomeText(exchange, lost);
    case ExchangeColumn::Backend:
        return backendText(exchange);
    case ExchangeColumn::Duration:
        return lost ? nothing() : tookText(exchange.totalMicros);
    case ExchangeColumn::Size:
        return lost ? nothing() : sizeText(exchange.responseBodyBytes);
    default:
        return {};
    }
}

QString tooltip(const api::Exchange& exchange, bool lost, int column) {
    switch (column) {
    case ExchangeColumn::Outcome: {
        if (lost)
            return QStringLiteral("It has ended. Under heavy traffic its record was left out.");
        if (isRunning(exchange))
            return QStringLiteral("Still running.");
        const QString sentence = api::sentenceOf(exchange.outcome);
        return exchange.failure == Failure::None
                   ? sentence
                   : sentence + QLatin1Char('\n') + api::textOf(infoOf(exchange.failure).sentence);
    }
    case ExchangeColumn::Duration:
        return exchange.firstByteMicros == 0
                   ? QString()
                   : QStringLiteral("The response began after %1.").arg(durationText(exchange.firstByteMicros));
    case ExchangeColumn::Size:
        return QStringLiteral("Response body %1, request body %2")
            .arg(sizeText(exchange.responseBodyBytes), sizeText(exchange.requestBodyBytes));
    default:
        return {};
    }
}

bool isFigure(int column) {
    return column == ExchangeColumn::Status || column == ExchangeColumn::Duration || column == ExchangeColumn::Size;
}

QVariant alignmentCell(int column) {
    return QVariant::fromValue((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

} // namespace

QString outcomeText(const api::Exchange& exchange, bool lost) {
    if (lost)
        return QStringLiteral("not recorded");
    return isRunning(exchange) ? api::nameOf(exchange.phase) : api::nameOf(exchange.outcome);
}

Mark outcomeMark(const api::Exchange& exchange, bool lost) {
    if (lost)
        return Mark::Unknown;
    return isRunning(exchange) ? Mark::Running : markOf(exchange.outcome);
}

bool isAlarming(const api::Exchange& exchange) {
    return !isRunning(exchange) &&
           (exchange.outcome == api::Outcome::UpstreamError || exchange.outcome == api::Outcome::ProxyError);
}

QString requestedAddress(const api::Exchange& exchange) {
    return exchange.host + exchange.target;
}

QVariant exchangeCell(const api::Exchange& exchange, bool lost, int column, int role) {
    switch (role) {
    case Qt::DisplayRole:
        return display(exchange, lost, column);
    case Qt::ToolTipRole:
        return tooltip(exchange, lost, column);
    case Qt::TextAlignmentRole:
        return alignmentCell(column);
    case MarkRole:
        return column == ExchangeColumn::Outcome ? QVariant(static_cast<int>(outcomeMark(exchange, lost)))
                                                 : QVariant();
    case MutedRole:
        return column == ExchangeColumn::Time || lost ||
               (column == ExchangeColumn::Backend && exchange.attempts.empty()) ||
               (column == ExchangeColumn::Size && exchange.responseBodyBytes == 0);
    case MutedPrefixRole:
        return column == ExchangeColumn::Target ? QVariant(static_cast<int>(exchange.host.size())) : QVariant();
    case AlarmRole:
        return (column == ExchangeColumn::Status || column == ExchangeColumn::Outcome) && isAlarming(exchange);
    default:
        return {};
    }
}

QVariant exchangeHeaderCell(int column, int role) {
    if (column < 0 || column >= ExchangeColumn::Columns)
        return {};
    static constexpr std::array<const char*, ExchangeColumn::Columns> titles{
        "Time", "Method", "Host and target", "Status", "Outcome", "Backend", "Duration", "Size"};
    if (role == Qt::DisplayRole)
        return QString::fromLatin1(titles[static_cast<size_t>(column)]);
    return role == Qt::TextAlignmentRole ? alignmentCell(column) : QVariant();
}

} // namespace reverxy::ui

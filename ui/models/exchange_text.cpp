// SPDX-License-Identifier: MIT
#include "ui/models/exchange_text.h"

#include "ui/models/exchange_cells.h"

#include <algorithm>

namespace reverxy::ui {

namespace {

/// Within single quotes a shell changes nothing; a quote itself is put outside of them.
QString quoted(QString text) {
    return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
}

} // namespace

QString curlCommand(const api::Exchange& exchange) {
    QString command = QStringLiteral("curl -i");
    if (exchange.method == QLatin1String("HEAD"))
        command = QStringLiteral("curl -I");
    else if (exchange.method != QLatin1String("GET"))
        command += QStringLiteral(" -X ") + quoted(exchange.method);
    return command + QStringLiteral(" --globoff ") + quoted(QStringLiteral("http://") + requestedAddress(exchange));
}

QString plainAccount(const api::Exchange& exchange) {
    QString account = exchange.method + QLatin1Char(' ') + requestedAddress(exchange) + QLatin1Char('\n');
    for (const api::Explanation& paragraph : api::explain(exchange))
        account += paragraph.title + QStringLiteral(": ") + paragraph.text + QLatin1Char('\n');
    return account;
}

std::vector<TimeSpent> timeSpent(const api::Exchange& exchange) {
    std::vector<TimeSpent> parts;
    const uint64_t total = exchange.totalMicros;
    uint64_t now = 0;
    const auto until = [&](uint64_t end, TimeSpent::On on) {
        // What was measured apart need not add up: nothing runs backwards, nor beyond the end.
        end = std::clamp(end, now, std::max(now, total));
        if (end > now)
            parts.push_back({on, end - now});
        now = end;
    };
    until(std::min<uint64_t>(exchange.queuedMicros, total), TimeSpent::On::Queue);
    for (size_t i = 0; i < exchange.attempts.size(); ++i) {
        const api::ExchangeAttempt& attempt = exchange.attempts[i];
        const uint64_t started = attempt.startedMicros;
        until(started, TimeSpent::On::Proxy);
        until(started + attempt.connectMicros, TimeSpent::On::Connect);
        if (attempt.firstByteMicros > 0)
            until(started + attempt.firstByteMicros, TimeSpent::On::Backend);
        if (i + 1 < exchange.attempts.size())
            until(exchange.attempts[i + 1].startedMicros, TimeSpent::On::Failed);
    }
    const bool answered = !exchange.attempts.empty() && exchange.attempts.back().firstByteMicros > 0;
    const bool failed = !exchange.attempts.empty() && exchange.attempts.back().failure != Failure::None;
    until(total, answered                    ? TimeSpent::On::Response
                 : failed                    ? TimeSpent::On::Failed
                 : exchange.attempts.empty() ? TimeSpent::On::Proxy
                                             : TimeSpent::On::Backend);
    return parts;
}

QString nameOf(TimeSpent::On on) {
    switch (on) {
    case TimeSpent::On::Proxy:
        return QStringLiteral("proxy");
    case TimeSpent::On::Queue:
        return QStringLiteral("queue");
    case TimeSpent::On::Connect:
        return QStringLiteral("connect");
    case TimeSpent::On::Failed:
        return QStringLiteral("failed attempt");
    case TimeSpent::On::Backend:
        return QStringLiteral("backend");
    case TimeSpent::On::Response:
        return QStringLiteral("response");
    }
    return {};
}

} // namespace reverxy::ui

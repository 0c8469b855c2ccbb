// SPDX-License-Identifier: MIT
#include "ui/models/backend_row.h"

#include "ui/models/format.h"

#include <algorithm>

namespace reverxy::ui {

namespace {

QString healthTooltip(const api::BackendSnapshot& backend, const QDateTime& now) {
    if (backend.health == api::Health::NotYetProbed)
        return QStringLiteral("No probe has ended yet. Until one has, the backend counts as up.");
    QString text = backend.health == api::Health::Up ? QStringLiteral("Up") : QStringLiteral("Down");
    if (backend.healthSince.isValid())
        text += QStringLiteral(" for %1, since %2")
                    .arg(spanText(backend.healthSince.secsTo(now)),
                         backend.healthSince.toLocalTime().toString(QStringLiteral("HH:mm:ss")));
    text += QLatin1Char('.');
    if (!backend.healthReason.isEmpty())
        text += QLatin1Char(' ') + backend.healthReason;
    return text;
}

Standing observed(const api::BackendSnapshot& backend, const QDateTime& now) {
    Standing standing;
    standing.tooltip = healthTooltip(backend, now);
    switch (backend.health) {
    case api::Health::NotYetProbed:
        standing.mark = Mark::Unknown;
        break;
    case api::Health::Up:
        standing.mark = Mark::Good;
        break;
    case api::Health::Down:
        standing.mark = Mark::Bad;
        standing.alarm = true;
        break;
    }
    standing.text = api::nameOf(backend.health);
    if (!backend.downBecause.isEmpty())
        standing.text += QStringLiteral(" · ") + backend.downBecause;
    return standing;
}

} // namespace

Standing standingOf(const api::BackendSnapshot& backend, const BackendSwitches::State& wanted,
                    const QDateTime& now) {
    Standing standing = observed(backend, now);
    if (wanted.pending) {
        standing.mark = Mark::Pending;
        standing.text = wanted.wanted.value_or(true) ? QStringLiteral("enabling…") : QStringLiteral("disabling…");
        standing.alarm = false;
        return standing;
    }
    if (!wanted.error.isEmpty()) {
        standing.mark = Mark::Warning;
        standing.text = (backend.enabled ? QStringLiteral("could not be disabled: ")
                                         : QStringLiteral("could not be enabled: ")) +
                        wanted.error;
        standing.tooltip = standing.text + QStringLiteral("\n") + standing.tooltip;
        standing.alarm = true;
        return standing;
    }
    if (!wanted.wanted.value_or(backend.enabled)) {
        standing.mark = Mark::Off;
        standing.muted = true;
        standing.alarm = false;
        standing.text = backend.inFlight == 0
                            ? QStringLiteral("disabled")
                            : QStringLiteral("disabled · %1 to finish").arg(countText(backend.inFlight));
        QString tooltip = QStringLiteral("Disabled by you: it gets no new requests.\n");
        if (backend.inFlight > 0)
            tooltip += QStringLiteral("It still works on %1.\n")
                           .arg(countedText(backend.inFlight, QStringLiteral("request")));
        standing.tooltip = tooltip + standing.tooltip;
    }
    return standing;
}

Standing standingOf(const api::PoolSnapshot& pool) {
    const auto available = std::count_if(pool.backends.begin(), pool.backends.end(),
                                         [](const api::BackendSnapshot& backend) { return backend.available; });
    const auto all = static_cast<qsizetype>(pool.backends.size());
    Standing standing;
    if (all == 0) {
        standing = {Mark::Off, QStringLiteral("no backend"),
                    QStringLiteral("The pool is empty: every request for it is answered with 503."), true, false};
        return standing;
    }
    standing.text = QStringLiteral("%1 of %2 available").arg(available).arg(all);
    standing.tooltip = QStringLiteral("%1 of %2 backends are enabled and not down.").arg(available).arg(all);
    standing.mark = available == all ? Mark::Good : available > 0 ? Mark::Partial : Mark::Bad;
    standing.alarm = available == 0;
    if (pool.waiting > 0) {
        standing.text += QStringLiteral(" · %1 waiting").arg(countText(pool.waiting));
        standing.tooltip += QStringLiteral("\n%1 waiting for a backend with a free slot.")
                                .arg(countedText(pool.waiting, QStringLiteral("request")));
    }
    return standing;
}

QList<ProbeMark> probeMarks(const std::vector<api::ProbeResult>& probes) {
    constexpr size_t most = 10;
    QList<ProbeMark> marks;
    for (size_t i = probes.size() > most ? probes.size() - most : 0; i < probes.size(); ++i) {
        const api::ProbeResult& probe = probes[i];
        QString text = probe.at.toLocalTime().toString(QStringLiteral("HH:mm:ss"));
        text += (probe.passed ? QStringLiteral(": passed in %1") : QStringLiteral(": failed after %1"))
                    .arg(durationText(probe.micros));
        if (!probe.reason.isEmpty())
            text += QStringLiteral(", ") + probe.reason;
        marks.append({probe.passed, text});
    }
    return marks;
}

} // namespace reverxy::ui

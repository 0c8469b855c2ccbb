// SPDX-License-Identifier: MIT
#include "api/exchange.h"
#include "api/qt_values.h"

#include <QLocale>

namespace reverxy::api {

namespace {

QString duration(uint64_t micros) {
    if (micros < 1000)
        return QStringLiteral("%1 µs").arg(micros);
    if (micros < 1'000'000)
        return QStringLiteral("%1 ms").arg(static_cast<double>(micros) / 1000.0, 0, 'f', micros < 10'000 ? 2 : 1);
    return QStringLiteral("%1 s").arg(static_cast<double>(micros) / 1'000'000.0, 0, 'f', 2);
}

QString bytes(uint64_t count) {
    return QLocale::c().formattedDataSize(static_cast<qint64>(count), 1, QLocale::DataSizeIecFormat);
}

QString client(const Exchange& exchange) {
    if (exchange.cache.background)
        return QStringLiteral(
                   "Reverxy itself asked, to validate what it had just served to %1 though it was stale.")
            .arg(exchange.client);
    switch (exchange.clientSource) {
    case ClientSource::Peer:
        return QStringLiteral("%1 asked; its connection comes from %2.").arg(exchange.client, exchange.peer);
    case ClientSource::XForwardedFor:
    case ClientSource::Forwarded: {
        const QString field = exchange.clientSource == ClientSource::Forwarded ? QStringLiteral("Forwarded")
                                                                               : QStringLiteral("X-Forwarded-For");
        return QStringLiteral("%1 asked, as the trusted proxy at %2 tells in %3: the first address there, from the "
                              "right, that is not in trusted_proxies.")
            .arg(exchange.client, exchange.peer, field);
    }
    case ClientSource::AllTrusted:
        return QStringLiteral("%1 asked, by way of %2: every address that was forwarded is in trusted_proxies, so "
                              "the leftmost counts.")
            .arg(exchange.client, exchange.peer);
    case ClientSource::Malformed:
        return QStringLiteral("%1 counts as the client: what %2 forwarded holds something that is no address, and "
                              "nothing to its left is believed.")
            .arg(exchange.client, exchange.peer);
    }
    return {};
}

QString route(const Exchange& exchange) {
    if (exchange.route.isEmpty())
        return exchange.failure == Failure::NoRoute
                   ? QStringLiteral("No route matches the host %1 and this path.").arg(exchange.host)
                   : QStringLiteral("The request was answered before a route was looked for.");
    return QStringLiteral("The route “%1” is the first that matches; it leads to the pool “%2”.")
        .arg(exchange.route, exchange.pool);
}

QString limitOf(const LimitNote& note) {
    QString standing = QStringLiteral("%1 of %2 requests are used").arg(note.used).arg(note.limit);
    if (note.resetMillis > 0)
        standing += QStringLiteral(", fewer in %1").arg(duration(uint64_t{note.resetMillis} * 1000));
    const QString shared = QStringLiteral("There was no place to remember this client, which shares one count with "
                                          "others like it. ");
    switch (note.verdict) {
    case LimitVerdict::None:
        return {};
    case LimitVerdict::Exempt:
        return QStringLiteral("The client's address is exempt from the limiter “%1”.").arg(note.limiter);
    case LimitVerdict::Allowed:
        return QStringLiteral("The limiter “%1” let it pass: %2.").arg(note.limiter, standing);
    case LimitVerdict::Shared:
        return shared + QStringLiteral("The limiter “%1” let it pass: %2.").arg(note.limiter, standing);
    case LimitVerdict::Throttled:
        return QStringLiteral("The limiter “%1” refused it: %2.").arg(note.limiter, standing);
    case LimitVerdict::SharedThrottled:
        return shared + QStringLiteral("The limiter “%1” refused it: %2.").arg(note.limiter, standing);
    }
    return {};
}

QString cacheOf(const CacheNote& note) {
    QStringList parts;
    parts << note.sentence;
    if (note.hit)
        parts << QStringLiteral("It was %1 s old, of a lifetime of %2 s.")
                     .arg(note.ageSeconds)
                     .arg(note.lifetimeSeconds);
    if (note.collapsed)
        parts << QStringLiteral(
            "Another request for the same was on its way, and its response served this one too.");
    if (!note.storingSentence.isEmpty())
        parts << note.storingSentence;
    return parts.join(QLatin1Char(' '));
}

QString choice(const Exchange& exchange) {
    const QString backend = exchange.backend();
    if (backend.isEmpty())
        return QStringLiteral("No backend was asked.");
    const int others = exchange.candidatesTotal > 0 ? exchange.candidatesTotal - 1 : 0;
    switch (exchange.choice) {
    case ChoiceReason::None:
    case ChoiceReason::Algorithm:
        return QStringLiteral("The pool's algorithm chose “%1” out of %2 (%3%4).")
            .arg(backend)
            .arg(exchange.candidatesTotal)
            .arg(exchange.candidates.join(QStringLiteral(", ")),
                 exchange.candidatesTotal > exchange.candidates.size() ? QStringLiteral(", …") : QString());
    case ChoiceReason::OnlyOne:
        return QStringLiteral("“%1” is the only backend there is.").arg(backend);
    case ChoiceReason::OthersOut:
        return QStringLiteral("“%1” is the only backend that is up and enabled.").arg(backend);
    case ChoiceReason::OthersTried:
        return others == 0 ? QStringLiteral("“%1” was the last backend not tried yet.").arg(backend)
                           : QStringLiteral("“%1” was chosen out of those not tried yet.").arg(backend);
    case ChoiceReason::OthersFull:
        return QStringLiteral("“%1” was the only one with a free slot: the others are at max_connections.")
            .arg(backend);
    case ChoiceReason::AllDownTryAll:
        return QStringLiteral("Every backend of the pool is down; rather than refuse, all are tried "
                              "(when_all_down: try-all), and “%1” was the one.")
            .arg(backend);
    }
    return {};
}

QString attempt(const ExchangeAttempt& attempt, bool running) {
    // What begins in the turn of the loop in which the request came begins at its time.
    const QString begun = attempt.startedMicros == 0
                              ? QStringLiteral("At once")
                              : QStringLiteral("After %1").arg(duration(attempt.startedMicros));
    QString told =
        QStringLiteral("%1 it went to “%2”, on %3.")
            .arg(begun, attempt.backend,
                 attempt.reusedConnection ? QStringLiteral("a connection that was open already")
                 : attempt.connectMicros > 0
                     ? QStringLiteral("a new connection, open in %1").arg(duration(attempt.connectMicros))
                     : QStringLiteral("a new connection"));
    if (attempt.failure != Failure::None) {
        told += QLatin1Char(' ') + textOf(infoOf(attempt.failure).sentence);
        told += attempt.bytesSent ? QStringLiteral(" Some of the request had been sent.")
                                  : QStringLiteral(" Nothing of the request had been sent.");
    } else if (attempt.status != 0) {
        told += QStringLiteral(" It answered with %1").arg(attempt.status);
        told += attempt.firstByteMicros > 0 ? QStringLiteral(" after %1.").arg(duration(attempt.firstByteMicros))
                                            : QStringLiteral(".");
    } else if (running) {
        told += QStringLiteral(" Its answer is awaited.");
    }
    return told;
}

QString response(const Exchange& exchange) {
    QString told;
    if (exchange.cache.background)
        told = QStringLiteral("No client waited for it.");
    else if (exchange.status == 0)
        told = QStringLiteral("The client got no response.");
    else if (exchange.tunnel)
        told = QStringLiteral("The backend agreed to the upgrade; bytes passed both ways.");
    else if (exchange.responseFromBackend)
        told = QStringLiteral("The client got the backend's %1, %2 of body.")
                   .arg(exchange.status)
                   .arg(bytes(exchange.responseBodyBytes));
    else if (exchange.cache.hit || exchange.cache.collapsed)
        told = QStringLiteral("The client got %1 from the cache, %2 of body.")
                   .arg(exchange.status)
                   .arg(bytes(exchange.responseBodyBytes));
    else
        told = QStringLiteral("The proxy itself answered with %1.").arg(exchange.status);
    if (exchange.failure != Failure::None) {
        const FailureInfo& info = infoOf(exchange.failure);
        told += QLatin1Char(' ') + textOf(info.sentence);
        if (!exchange.details.isEmpty())
            told += QStringLiteral(" (%1)").arg(exchange.details);
        if (!info.remedy.empty())
            told += QLatin1Char(' ') + textOf(info.remedy);
    }
    return told;
}

QString time(const Exchange& exchange) {
    QStringList parts;
    if (exchange.queuedMicros > 0)
        parts << QStringLiteral("%1 waiting for a free slot").arg(duration(exchange.queuedMicros));
    if (exchange.firstByteMicros > 0)
        parts << QStringLiteral("%1 until the response began").arg(duration(exchange.firstByteMicros));
    const QString total =
        exchange.phase == ExchangePhase::Finished
            ? QStringLiteral("%1 in all")
                  .arg(exchange.totalMicros == 0 ? QStringLiteral("less than 1 ms")
                                                 : duration(exchange.totalMicros))
            : QStringLiteral("running for %1: %2").arg(duration(exchange.totalMicros), nameOf(exchange.phase));
    parts << total;
    return parts.join(QStringLiteral(", ")) + QLatin1Char('.');
}

} // namespace

std::vector<Explanation> explain(const Exchange& exchange) {
    std::vector<Explanation> story;
    story.push_back({QStringLiteral("Client"), client(exchange)});
    story.push_back({QStringLiteral("Route"), route(exchange)});
    if (exchange.limit.verdict != LimitVerdict::None)
        story.push_back({QStringLiteral("Limit"), limitOf(exchange.limit)});
    if (!exchange.cache.verdict.isEmpty())
        story.push_back({QStringLiteral("Cache"), cacheOf(exchange.cache)});
    if (!exchange.route.isEmpty())
        story.push_back({QStringLiteral("Backend"), choice(exchange)});
    const bool running = exchange.phase != ExchangePhase::Finished;
    const size_t held = exchange.attempts.size();
    for (size_t i = 0; i < held; ++i) {
        // The record holds the first attempts and the last one.
        const size_t number = i + 1 == held ? exchange.attemptsTotal : i + 1;
        story.push_back({QStringLiteral("Attempt %1").arg(number), attempt(exchange.attempts[i], running)});
    }
    if (!running)
        story.push_back({QStringLiteral("Response"), response(exchange)});
    story.push_back({QStringLiteral("Time"), time(exchange)});
    return story;
}

} // namespace reverxy::api

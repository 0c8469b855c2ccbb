// SPDX-License-Identifier: MIT
#include "app/demo/introduction.h"

#include <QStringList>

namespace reverxy::demo {

namespace {

QString base(const QUrl& url) {
    return url.toString(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

QString base(uint16_t port) {
    return QStringLiteral("http://127.0.0.1:%1").arg(port);
}

/// A curl command for a URL, quoted where a shell would read something into it.
QString curl(const QString& options, const QString& url) {
    const bool plain = !url.contains(QLatin1Char('?')) && !url.contains(QLatin1Char('['));
    return QStringLiteral("    curl ") + options + (plain ? url : QLatin1Char('\'') + url + QLatin1Char('\''));
}

/// "  LEFT    RIGHT", the right part in a column of its own.
QString row(const QString& left, const QString& right) {
    constexpr int column = 30;
    return QStringLiteral("  ") + left.leftJustified(column) + right;
}

} // namespace

QString introduction(const DemoPorts& ports, const QUrl& proxy, const QUrl& probe) {
    const QString front = base(proxy);
    const QString probes = base(probe);
    // Names below localhost are this machine's own for browsers and curl, but only where the proxy listens there.
    const bool hasNames = proxy.host() == QLatin1String("localhost");
    const QString byName =
        hasNames
            ? curl(QStringLiteral("-i "), QStringLiteral("http://news.localhost:%1/headlines").arg(proxy.port(80)))
            : curl(QStringLiteral("-i -H 'Host: news.localhost' "), front + QStringLiteral("/headlines"));
    const QStringList lines{
        QStringLiteral("Three small services, Reverxy in front of them, and clients that keep them busy:"),
        {},
        row(front, QStringLiteral("the proxy; a browser shows the shop's page")),
        row(probes, QStringLiteral("the proxy's probes: /live /ready /metrics")),
        row(base(ports.shopQuick), QStringLiteral("shop-quick: fast, and now and then it fails its health check")),
        row(base(ports.shopSlow), QStringLiteral("shop-slow: the same shop, but it takes 50 to 800 ms")),
        row(base(ports.news), QStringLiteral("news: sends a headline each second on /stream")),
        {},
        QStringLiteral("To try in another terminal:"),
        {},
        QStringLiteral("  Ask the shop; X-Served-By names the instance that answered"),
        curl(QStringLiteral("-i "), front + QStringLiteral("/search?q=tea")),
        QStringLiteral("  Ask twice: the second time the cache answers, as Cache-Status says"),
        curl(QStringLiteral("-i "), front + QStringLiteral("/products/7")),
        QStringLiteral("  Follow the news as they come"),
        curl(QStringLiteral("-N "), front + QStringLiteral("/news/stream")),
        QStringLiteral("  Reach a service by its name instead of a path"),
        byName,
        QStringLiteral("  Ask faster than the rate limiter allows: 429 after the first forty"),
        curl(QStringLiteral("-s -o /dev/null -w '%{http_code} ' "), front + QStringLiteral("/health#[1-80]")),
        QStringLiteral("  Take shop-slow out, as its health check sees it (`up` brings it back)"),
        curl(QStringLiteral("-X PUT -d down "), base(ports.shopSlow) + QStringLiteral("/health")),
        QStringLiteral("  See which services are ready, and count"),
        curl({}, probes + QStringLiteral("/ready")),
        curl({}, probes + QStringLiteral("/metrics")),
        {},
        QStringLiteral("Ctrl-C ends all of it."),
        {},
    };
    return lines.join(QLatin1Char('\n'));
}

} // namespace reverxy::demo

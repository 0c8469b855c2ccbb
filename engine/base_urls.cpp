// SPDX-License-Identifier: MIT
#include "base_urls.h"

namespace reverxy {

QStringList baseUrls(const QString& host, quint16 port, const QString& machineName) {
    if (port == 0)
        return {};
    const auto url = [port](const QString& name) {
        // RFC 3986 section 3.2.2: an IPv6 address stands in brackets.
        const QString bracketed = name.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(name) : name;
        return port == 80 ? QStringLiteral("http://%1").arg(bracketed)
                          : QStringLiteral("http://%1:%2").arg(bracketed).arg(port);
    };
    if (host == QStringLiteral("0.0.0.0") || host == QStringLiteral("::")) {
        QStringList urls{url(QStringLiteral("localhost"))};
        if (!machineName.isEmpty())
            urls << url(machineName);
        return urls;
    }
    return {url(host)};
}

} // namespace reverxy

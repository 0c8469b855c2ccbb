// SPDX-License-Identifier: MIT
#include "cache_operations.h"

#include "cache_values.h"

#include <chrono>
#include <optional>

namespace reverxy {

namespace {

using Kind = api::CacheScope::Kind;

/// Nothing: the text does not say what is meant.
std::optional<cache::KeyScope> keyScopeOf(const api::CacheScope& scope) {
    const std::string text = scope.text.toStdString();
    switch (scope.kind) {
    case Kind::Url:
        return cache::KeyScope::url(text);
    case Kind::Prefix:
        return cache::KeyScope::prefix(text);
    case Kind::Host:
        return cache::KeyScope::host(text);
    case Kind::Everything:
    case Kind::Key:
        break;
    }
    return cache::KeyScope::everything();
}

/// What would be right where keyScopeOf() finds nothing.
QString remedyFor(const api::CacheScope& scope) {
    switch (scope.kind) {
    case Kind::Url:
        return QStringLiteral("“%1” is no URL. Write it as http://shop.localhost:8080/logo.svg.").arg(scope.text);
    case Kind::Prefix:
        return QStringLiteral("“%1” names no host. Write host and path, as shop.localhost:8080/api/.")
            .arg(scope.text);
    default:
        return QStringLiteral("“%1” is no host. Write it as shop.localhost:8080, or without a port for every port.")
            .arg(scope.text);
    }
}

QString nameOf(const api::CacheScope& scope) {
    switch (scope.kind) {
    case Kind::Key:
        return QStringLiteral("one key");
    case Kind::Everything:
        return QStringLiteral("everything");
    default:
        return scope.text;
    }
}

QString resultOf(size_t count, bool soft) {
    if (count == 0)
        return QStringLiteral("Nothing like that is stored.");
    const QString responses =
        count == 1 ? QStringLiteral("1 stored response") : QStringLiteral("%1 stored responses").arg(count);
    if (soft)
        return count == 1 ? QStringLiteral("1 stored response is validated before its next use.")
                          : QStringLiteral("%1 are validated before their next use.").arg(responses);
    return responses + QStringLiteral(" removed.");
}

} // namespace

CacheOperations::CacheOperations(cache::Cache& cache, observe::Log& log) : m_cache(cache), m_log(log) {
    m_thread.setMaxThreadCount(1);
}

CacheOperations::~CacheOperations() {
    m_thread.waitForDone();
}

void CacheOperations::purge(const api::CacheScope& scope, ResultReceiver receiver) {
    begin(scope, false, std::move(receiver));
}

void CacheOperations::markStale(const api::CacheScope& scope, ResultReceiver receiver) {
    begin(scope, true, std::move(receiver));
}

void CacheOperations::begin(const api::CacheScope& scope, bool soft, ResultReceiver receiver) {
    m_thread.start([this, scope, soft, receiver = std::move(receiver)] {
        size_t count = 0;
        if (scope.kind == Kind::Key) {
            count = soft ? m_cache.markStale(scope.key) : m_cache.purge(scope.key);
        } else {
            const auto keys = keyScopeOf(scope);
            if (!keys)
                return receiver({false, remedyFor(scope)});
            count = soft ? m_cache.markStale(*keys) : m_cache.purge(*keys);
        }
        const QString told = resultOf(count, soft);
        m_log.write(observe::Level::Info, "cache",
                    QStringLiteral("%1 (%2): %3")
                        .arg(soft ? QStringLiteral("soft purge") : QStringLiteral("purge"), nameOf(scope), told)
                        .toStdString());
        receiver({true, told});
    });
}

void CacheOperations::list(const api::CacheListing& listing, observe::Redaction redaction, PageReceiver receiver) {
    m_thread.start([this, listing, redaction = std::move(redaction), receiver = std::move(receiver)] {
        receiver(cachePage(m_cache.store(), listing, redaction, std::chrono::system_clock::now()));
    });
}

} // namespace reverxy
